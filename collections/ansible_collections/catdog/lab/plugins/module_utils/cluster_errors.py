"""What modules that ask a cluster say when a package is missing or the cluster does not answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def run_with_cluster(module: AnsibleModule, run: Callable[[AnsibleModule], None]) -> None:
    """Run a module's work; a missing package and every error of the cluster's client end in `fail_json`.

    Raises: whatever else `run` raises, which is a defect of the module.
    """
    try:
        run(module)
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")
    except Exception as error:
        if not type(error).__module__.startswith(("kubernetes", "urllib3")) and not isinstance(error, OSError):
            raise
        module.fail_json(msg=f"The cluster of {module.params['kubeconfig']} does not answer: {error}")


def unreachable(kubeconfig: str, error: Exception) -> str:
    """In one line why the cluster could not be asked, for modules that do not fail on it."""
    if not Path(kubeconfig).is_file():
        return f"no kubeconfig {kubeconfig}: run `make lab`"
    return f"{type(error).__name__}: {getattr(error, 'reason', None) or error}".splitlines()[0][:160]
