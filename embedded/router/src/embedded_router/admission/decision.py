"""Of all Routes and Ingresses: what is served, what is refused, and who of several has a host."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..backends import Backends
from ..model import Exposure, Key, Object, RefusalError, Source
from .ingresses import ingress_exposures, is_ours
from .routes import route_exposure

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Observed:
    """Resources as they are now, by namespace and name; `secrets` are those that Ingresses name."""

    routes: Mapping[Key, Object] = field(default_factory=dict)
    ingresses: Mapping[Key, Object] = field(default_factory=dict)
    services: Mapping[Key, Object] = field(default_factory=dict)
    slices: Mapping[Key, Object] = field(default_factory=dict)
    secrets: Mapping[Key, Object] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What is served, sorted, and who is refused; of every Route and Ingress that is ours there is one or the other."""

    exposures: tuple[Exposure, ...]
    refusals: Mapping[Source, RefusalError]


class Claims:
    """Who has a host: the namespace that had it first, and in it for each path the oldest."""

    def __init__(self) -> None:
        self._holders: dict[str, list[Exposure]] = {}

    def check(self, wanted: Exposure) -> None:
        """Raises RefusalError where somebody older is in the way."""
        for holder in self._holders.get(wanted.host, []):
            other = holder.source
            if other.namespace != wanted.source.namespace:
                message = f"a resource in another namespace holds {wanted.host} and is older than {wanted.source.name}"
                raise RefusalError("HostAlreadyClaimed", message)
            same_path = (holder.path, holder.is_exact) == (wanted.path, wanted.is_exact)
            # TLS that passes through is not looked into for paths.
            if same_path or holder.is_passthrough or wanted.is_passthrough:
                place = wanted.host + (wanted.path if wanted.path != "/" and not holder.is_passthrough else "")
                kind = other.kind.lower()
                raise RefusalError("HostAlreadyClaimed", f"{kind} {other.name} already exposes {place} and is older")

    def add(self, exposures: list[Exposure]) -> None:
        """Note who has a host now."""
        for exposure in exposures:
            self._holders.setdefault(exposure.host, []).append(exposure)


def wanted_exposures(
    source: Source, resource: Object, observed: Observed, backends: Backends, domain: str
) -> list[Exposure]:
    """What a Route or Ingress asks for. Raises RefusalError, also for what nobody has thought of, which is logged."""
    try:
        if source.kind == "Route":
            return [route_exposure(resource, backends, domain)]
        return ingress_exposures(resource, backends, observed.secrets)
    except RefusalError:
        raise
    except Exception as error:  # one resource must not end the router for all others
        logger.exception("%s %s/%s is refused", source.kind, source.namespace, source.name)
        # Not its words: they may quote what it read.
        said = f"this router fails at it with {type(error).__name__}: its log says where"
        raise RefusalError("ExtendedValidationFailed", said) from error


def decide(observed: Observed, domain: str, ingress_class: str) -> Decision:
    """Decide on every Route, and every Ingress of the class."""
    backends, claims = Backends(observed.services, observed.slices), Claims()
    resources = [(Source.of("Route", route), route) for route in observed.routes.values()]
    resources += [
        (Source.of("Ingress", item), item) for item in observed.ingresses.values() if is_ours(item, ingress_class)
    ]
    served: list[Exposure] = []
    refusals: dict[Source, RefusalError] = {}
    for source, resource in sorted(resources, key=lambda entry: entry[0]):
        try:
            wanted = wanted_exposures(source, resource, observed, backends, domain)
            for exposure in wanted:
                claims.check(exposure)
        except RefusalError as refusal:
            refusals[source] = refusal
            continue
        claims.add(wanted)
        served += wanted
    return Decision(tuple(served), refusals)
