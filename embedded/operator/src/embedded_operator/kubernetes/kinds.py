"""The kinds of objects that the operators know, and where the API server has them."""

MANAGER = "strimzi-cluster-operator"  # who manages fields and objects, by Strimzi's name
CLUSTER_LABEL = "strimzi.io/cluster"  # the Kafka that a resource belongs to, or was made for

# kind -> (API root, plural)
PATHS = {
    "ConfigMap": ("api/v1", "configmaps"),
    "PersistentVolumeClaim": ("api/v1", "persistentvolumeclaims"),
    "Pod": ("api/v1", "pods"),
    "Secret": ("api/v1", "secrets"),
    "Service": ("api/v1", "services"),
    "ServiceAccount": ("api/v1", "serviceaccounts"),
    "Deployment": ("apis/apps/v1", "deployments"),
    "NetworkPolicy": ("apis/networking.k8s.io/v1", "networkpolicies"),
    "PodDisruptionBudget": ("apis/policy/v1", "poddisruptionbudgets"),
    "Role": ("apis/rbac.authorization.k8s.io/v1", "roles"),
    "StorageClass": ("apis/storage.k8s.io/v1", "storageclasses"),
    "RoleBinding": ("apis/rbac.authorization.k8s.io/v1", "rolebindings"),
    "Route": ("apis/route.openshift.io/v1", "routes"),
    "Kafka": ("apis/kafka.strimzi.io/v1", "kafkas"),
    "KafkaNodePool": ("apis/kafka.strimzi.io/v1", "kafkanodepools"),
    "KafkaTopic": ("apis/kafka.strimzi.io/v1", "kafkatopics"),
    "KafkaUser": ("apis/kafka.strimzi.io/v1", "kafkausers"),
}


def api_version(kind: str) -> str:
    """The `apiVersion` of a kind, such as v1 or apps/v1."""
    return PATHS[kind][0].split("/", 1)[1]
