"""What modules that ask a cluster say when a package is missing, or the cluster does not answer or refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import forget


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
        module.fail_json(msg=told(module.params["kubeconfig"], error))
    finally:
        forget()


def told(kubeconfig: str, error: Exception) -> str:
    """What an error of the cluster's client says, which may be one of this machine's files."""
    if at_fault := file_at_fault(error):
        return at_fault
    if getattr(error, "status", None) and hasattr(error, "body"):  # an ApiException with an answer
        said = ": ".join(filter(None, (f"{error.status} {error.reason}", body_message(error.body))))
        return f"The cluster of {kubeconfig} refuses: {said}"
    return f"The cluster of {kubeconfig} does not answer: {error}"


def file_at_fault(error: Exception) -> str:
    """The file that the system has an error for, and which one; empty for all other errors.

    That of an HTTPError of Python's is an address, and has no error of the system's.
    """
    is_file = isinstance(error, OSError) and error.filename and error.strerror
    return f"{error.filename}: {error.strerror}" if is_file else ""


def body_message(body: str | bytes | None) -> str:
    """The `message` of an answer that is a Status of Kubernetes; of any other, all that it says."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        return str(json.loads(text)["message"])
    except (ValueError, TypeError, KeyError):
        return text.strip()


def unreachable(kubeconfig: str, error: Exception) -> str:
    """In one line why the cluster could not be asked, for modules that do not fail on it."""
    if not Path(kubeconfig).is_file():
        return f"no kubeconfig {kubeconfig}: run `make lab`"
    return f"{type(error).__name__}: {getattr(error, 'reason', None) or error}".splitlines()[0][:160]
