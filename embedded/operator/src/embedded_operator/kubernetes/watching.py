"""kopf, as the operators use it: it watches and reports events, and writes nothing into anyone's resources."""

from typing import Any

import kopf

WATCH_SECONDS = 300  # then the API server is asked anew, so that a silent connection is noticed


def new_registry() -> kopf.OperatorRegistry:
    """A registry of handlers that logs in with the pod's service account."""
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**arguments: Any) -> kopf.ConnectionInfo | None:
        return kopf.login_with_service_account(**arguments)

    return registry


def run(registry: kopf.OperatorRegistry, identity: str, namespaces: tuple[str, ...], **options: Any) -> None:
    """Run an operator in these namespaces (none: in all of them) until it is told to stop."""
    # kopf would ask for the name of its user, and not every UID has one.
    kopf.run(
        registry=registry,
        identity=identity,
        standalone=True,
        clusterwide=not namespaces,
        namespaces=namespaces,
        **options,
    )


def only_watch(settings: kopf.OperatorSettings) -> None:
    """No events posted, no peering, watches that end before a firewall ends them."""
    settings.posting.enabled = False
    settings.watching.server_timeout = WATCH_SECONDS
    settings.watching.client_timeout = WATCH_SECONDS + 30
