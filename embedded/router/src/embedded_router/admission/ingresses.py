"""An Ingress of the router's class: what is to be served of it, path by path, or why nothing is."""

import base64
from collections.abc import Mapping

from ..backends import Backends
from ..model import Exposure, Insecure, Key, Object, RefusalError, Source, Termination
from .checks import check_certificate, check_host, check_path, invalid

# TLS is passed through for an annotation: the first is OpenShift's, the second ingress-nginx's, which Strimzi sets.
TERMINATION = "route.openshift.io/termination"
PASSTHROUGH = "nginx.ingress.kubernetes.io/ssl-passthrough"


def is_ours(ingress: Object, ingress_class: str) -> bool:
    """Whether an Ingress is of this class."""
    return ingress["spec"].get("ingressClassName") == ingress_class


def wanted_secrets(ingress: Object) -> set[Key]:
    """Secrets with certificates that an Ingress names."""
    namespace = ingress["metadata"]["namespace"]
    return {(namespace, tls["secretName"]) for tls in ingress["spec"].get("tls") or [] if tls.get("secretName")}


def passes_through(ingress: Object) -> bool:
    """Whether TLS is passed through to the pods. Raises RefusalError for a termination that an Ingress cannot have."""
    annotations = ingress["metadata"].get("annotations", {})
    termination = annotations.get(TERMINATION) or "edge"
    if termination not in ("edge", "passthrough"):
        message = f"'{termination}' is not supported for an Ingress by this router: use edge or passthrough"
        raise invalid(f"metadata.annotations[{TERMINATION}]", message)
    return termination == "passthrough" or annotations.get(PASSTHROUGH) == "true"


def certificate_of(ingress: Object, host: str, secrets: Mapping[Key, Object]) -> bytes | None:
    """PEM for a host with TLS (empty: the router's own certificate), None for one without. Raises RefusalError."""
    namespace = ingress["metadata"]["namespace"]
    for tls in ingress["spec"].get("tls") or []:
        if host not in [name.lower() for name in tls.get("hosts") or [host]]:
            continue
        if not tls.get("secretName"):
            return b""
        field = f"Secret {namespace}/{tls['secretName']}"
        data = secrets.get((namespace, tls["secretName"]), {}).get("data") or {}
        if not data:
            raise invalid(field, "is not there, or holds nothing")
        try:
            key, certificate = (base64.b64decode(data.get(name, "")).decode() for name in ("tls.key", "tls.crt"))
        except ValueError as error:
            raise invalid(field, "tls.key or tls.crt is not text") from error
        if not key and not certificate:
            raise invalid(field, "has neither tls.key nor tls.crt")
        return check_certificate(key, certificate, field=field)
    return None


def ingress_exposures(ingress: Object, backends: Backends, secrets: Mapping[Key, Object]) -> list[Exposure]:
    """What is to be served: nothing or all. Raises RefusalError."""
    spec, namespace = ingress["spec"], ingress["metadata"]["namespace"]
    if spec.get("defaultBackend"):
        raise invalid("spec.defaultBackend", "is not supported by this router: give each rule a host and paths")
    through, exposures = passes_through(ingress), []
    for rule in spec.get("rules") or []:
        if not rule.get("host"):
            raise invalid("spec.rules[].host", "is missing: this router serves hosts by name")
        if rule["host"].startswith("*"):
            raise RefusalError(
                "RouteNotAdmitted", f"wildcard hosts are not allowed: spec.rules[].host is '{rule['host']}'"
            )
        host = check_host(rule["host"])
        certificate = None if through else certificate_of(ingress, host, secrets)
        termination = Termination.EDGE if certificate is not None else Termination.NONE
        for entry in (rule.get("http") or {}).get("paths", []):
            if "service" not in entry["backend"]:
                raise invalid("spec.rules[].http.paths[].backend.resource", "is not supported by this router")
            path = check_path(entry.get("path") or "/", "spec.rules[].http.paths[].path")
            if through and path != "/":
                raise invalid("spec.rules[].http.paths[].path", "passthrough termination does not support paths")
            exposures.append(
                Exposure(
                    source=Source.of("Ingress", ingress),
                    host=host,
                    servers=backends.of_ingress(namespace, entry["backend"]["service"]),
                    termination=Termination.PASSTHROUGH if through else termination,
                    insecure=Insecure.ALLOW if not through and certificate is None else Insecure.REDIRECT,
                    path=path,
                    is_exact=entry.get("pathType") == "Exact",
                    number=len(exposures),
                    certificate=certificate or b"",
                )
            )
    return exposures
