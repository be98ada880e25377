"""What Kafka knows and does about users: ACLs and SCRAM credentials. Calls block: run them in a thread."""

from collections.abc import Iterable

from kafka import errors as kafka_errors
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from ..errors import KafkaRequestError
from ..kafka_clients.admin import KafkaAdmin, kafka_error
from ..settings import UserOperatorSettings
from .resource import AclRule

PRINCIPAL = "User:"
MECHANISM = ScramMechanism.SCRAM_SHA_512
ANY_RESOURCE = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)


def _acl(username: str, rule: AclRule) -> ACL:
    pattern = ResourcePattern(
        ResourceType[rule.resource_type], rule.resource_name, ACLResourcePatternType[rule.pattern_type]
    )
    operation, permission = ACLOperation[rule.operation], ACLPermissionType[rule.permission]
    return ACL(f"{PRINCIPAL}{username}", rule.host, operation, permission, pattern)


def _rule(acl: ACL) -> AclRule:
    pattern = acl.resource_pattern
    return AclRule(
        resource_type=pattern.resource_type.name,
        resource_name=pattern.resource_name,
        pattern_type=pattern.pattern_type.name,
        operation=acl.operation.name,
        host=acl.host,
        permission=acl.permission_type.name,
    )


class UserAdmin(KafkaAdmin):
    """Rights and passwords of users, by their names in Kafka. Raises KafkaError."""

    def __init__(self, settings: UserOperatorSettings) -> None:
        super().__init__(settings, f"{settings.cluster}-user-operator")

    def acls(self, username: str | None = None) -> dict[str, frozenset[AclRule]]:
        """The ACLs of one user, or of all of them: name in Kafka -> rules."""
        principal = None if username is None else f"{PRINCIPAL}{username}"
        found, _ = self.client.describe_acls(
            ACLFilter(principal, None, ACLOperation.ANY, ACLPermissionType.ANY, ANY_RESOURCE)
        )
        rules: dict[str, set[AclRule]] = {}
        for acl in found:
            if acl.principal.startswith(PRINCIPAL):
                rules.setdefault(acl.principal.removeprefix(PRINCIPAL), set()).add(_rule(acl))
        return {name: frozenset(own) for name, own in rules.items()}

    def add_acls(self, username: str, rules: Iterable[AclRule]) -> None:
        """Give a user these ACLs. Raises KafkaRequestError."""
        response = self.client.create_acls([_acl(username, rule) for rule in rules])
        if response["failed"]:
            error = response["failed"][0]
            raise kafka_error(error.__name__, getattr(error, "description", None))

    def remove_acls(self, username: str, rules: Iterable[AclRule]) -> None:
        """Take these ACLs from a user; those that are gone are well. Raises KafkaRequestError."""
        filters = []
        for rule in rules:
            acl = _acl(username, rule)
            pattern = acl.resource_pattern
            exact = ResourcePatternFilter(pattern.resource_type, pattern.resource_name, pattern.pattern_type)
            filters.append(ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, exact))
        for _, _, error in self.client.delete_acls(filters):
            if error is not kafka_errors.NoError:
                raise kafka_error(error.__name__, getattr(error, "description", None))

    def scram_users(self, username: str | None = None) -> set[str]:
        """Those (or all) users that have a password."""
        response = self.client.describe_user_scram_credentials(None if username is None else [username])
        return {
            name
            for name, found in response.items()
            if any(info["mechanism"] == MECHANISM for info in found["credential_infos"])
        }

    def set_password(self, username: str, password: str) -> None:
        """Give a user a password, in place of the one that it may have. Raises KafkaRequestError."""
        self._alter(username, UserScramCredentialUpsertion(username, MECHANISM, password))

    def remove_password(self, username: str) -> None:
        """Take a user's password away. Raises KafkaRequestError."""
        self._alter(username, UserScramCredentialDeletion(username, MECHANISM))

    def _alter(self, username: str, alteration: UserScramCredentialDeletion | UserScramCredentialUpsertion) -> None:
        if message := self.client.alter_user_scram_credentials([alteration])[username]:
            raise KafkaRequestError(message)
