"""How the modules reach the Kubernetes API: by a kubeconfig, and past the proxy where the environment says so."""

from __future__ import annotations

import os
from typing import Any


def api_client(kubeconfig: str | None, *, retries: bool = True) -> Any:
    """A `kubernetes.client.ApiClient` for the kubeconfig (none: the usual one). Without `retries` a call fails at once.

    Raises ImportError without the package kubernetes, and its ConfigException for a kubeconfig that cannot be read.
    """
    from kubernetes import client, config

    settings = client.Configuration()
    config.load_kube_config(config_file=kubeconfig, client_configuration=settings)
    # The client takes a proxy from the environment, but (in 35.0) loses what is to be reached without one.
    settings.no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if not retries:
        settings.retries = False
    return client.ApiClient(settings)
