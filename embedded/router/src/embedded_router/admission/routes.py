"""A Route (OpenShift's API): what is to be served of it, or why nothing is."""

from ..backends import Backends
from ..model import Exposure, Insecure, Object, RefusalError, Source, Termination
from .checks import check_authority, check_certificate, check_host, check_path, check_timeout, invalid

TIMEOUT = "haproxy.router.openshift.io/timeout"


def route_host(route: Object, domain: str) -> str:
    """The host that a Route asks for, or, where it leaves that to the platform, the one that it gets."""
    spec, metadata = route["spec"], route["metadata"]
    if spec.get("host"):
        return spec["host"]
    if spec.get("subdomain"):
        return f"{spec['subdomain']}.{domain}"
    return f"{metadata['name'].replace('.', '-')}-{metadata['namespace']}.{domain}"


def refuse_unsupported(spec: Object, tls: Object) -> None:
    """Raises RefusalError for what the Route's API has and this router does not."""
    if spec.get("wildcardPolicy", "None") not in ("None", ""):
        raise RefusalError("RouteNotAdmitted", "wildcard routes are not allowed: spec.wildcardPolicy must be None")
    present = {
        "spec.alternateBackends": spec.get("alternateBackends"),
        "spec.httpHeaders": spec.get("httpHeaders"),
        "spec.tls.externalCertificate": tls.get("externalCertificate"),
    }
    for field, value in present.items():
        if value:
            raise invalid(field, "is not supported by this router")


def route_exposure(route: Object, backends: Backends, domain: str) -> Exposure:
    """What is to be served. Raises RefusalError, with OpenShift's reason."""
    spec, metadata = route["spec"], route["metadata"]
    tls = spec.get("tls") or {}
    refuse_unsupported(spec, tls)
    host = check_host(route_host(route, domain))
    termination = Termination(tls.get("termination") or ("edge" if tls else "none"))
    insecure = Insecure(tls.get("insecureEdgeTerminationPolicy") or ("None" if tls else "Allow"))
    if termination is Termination.PASSTHROUGH:
        if spec.get("path"):
            raise invalid("spec.path", "passthrough termination does not support paths")
        if insecure is Insecure.ALLOW:
            raise invalid("spec.tls.insecureEdgeTerminationPolicy", "passthrough termination does not support Allow")
    certificate, authority = b"", b""
    if termination in (Termination.EDGE, Termination.REENCRYPT):
        certificate = check_certificate(tls.get("key", ""), tls.get("certificate", ""), tls.get("caCertificate", ""))
    if termination is Termination.REENCRYPT:
        if not tls.get("destinationCACertificate"):
            message = "is missing: with reencrypt this router knows no other authority of the pods' certificates"
            raise invalid("spec.tls.destinationCACertificate", message)
        authority = check_authority(tls["destinationCACertificate"])
    target = (spec.get("port") or {}).get("targetPort")
    is_served = spec["to"].get("weight", 100) > 0
    return Exposure(
        source=Source.of("Route", route),
        host=host,
        servers=backends.of_route(metadata["namespace"], spec["to"]["name"], target) if is_served else (),
        termination=termination,
        insecure=insecure,
        path=check_path(spec.get("path") or "/"),
        certificate=certificate,
        destination_ca=authority,
        timeout=check_timeout(metadata.get("annotations", {}).get(TIMEOUT, "")),
    )
