"""The kinds that the router reads or writes, and where the API server has them."""

# kind -> (API root, plural)
PATHS = {
    "Route": ("apis/route.openshift.io/v1", "routes"),
    "Ingress": ("apis/networking.k8s.io/v1", "ingresses"),
    "Service": ("api/v1", "services"),
    "EndpointSlice": ("apis/discovery.k8s.io/v1", "endpointslices"),
    "Secret": ("api/v1", "secrets"),
    "Event": ("api/v1", "events"),
}
WATCHED = ("Route", "Ingress", "Service", "EndpointSlice")


def path(kind: str, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """Where the API server has an object, or, without a name, those of a namespace, or of all of them."""
    root, plural = PATHS[kind]
    parts = [root, *(["namespaces", namespace] if namespace else []), plural, name, subresource]
    return "/".join(part for part in parts if part)
