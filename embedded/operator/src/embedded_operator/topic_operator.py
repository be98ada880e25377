"""The topic operator's process: events of one cluster's KafkaTopics become work. No decisions here."""

from .entity_process import EntityProcess, entity_registry
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import run
from .logs import log_to_stderr
from .objects.entity_operator import HEALTH_PORTS
from .settings import TopicOperatorSettings
from .topics.admin import TopicAdmin
from .topics.reconciliation import TopicReconciler

registry = entity_registry("kafkatopics")


def main() -> None:
    """Run until told to stop. Raises KeyError, naming the variable, when the environment is wrong."""
    log_to_stderr("topic")
    settings, api = TopicOperatorSettings.from_environment(), KubernetesApi.in_cluster()
    process = EntityProcess(api, TopicReconciler(api, settings, TopicAdmin(settings)), HEALTH_PORTS["topic"])
    run(registry, "topic-operator", (settings.namespace,), memo=process)


if __name__ == "__main__":
    main()
