"""What to do about a user: decided from its KafkaUser, its password and what Kafka has."""

from dataclasses import dataclass, field

from ..conditions import is_paused
from ..errors import InvalidResourceError, OperatorError
from ..model.cluster import TLS
from ..model.supported_fields import KAFKA_USER, refuse_unsupported
from .resource import TLS_EXTERNAL, AclRule, Resource, acl_rules, authentication_type, username, usernames

LONGEST_COMMON_NAME = 64  # of a certificate, by X.509

Acls = dict[str, frozenset[AclRule]]  # by the user's name in Kafka


@dataclass(frozen=True)
class UserState:
    """A user as Kafka has it, under both names that it may have: whether it has a password, and its ACLs."""

    has_password: bool
    acls: Acls


@dataclass(frozen=True)
class Revoke:
    """Take everything away that the user has in Kafka; its Secret goes with its resource."""


@dataclass(frozen=True)
class Pause:
    """Say that the resource is paused."""


@dataclass(frozen=True)
class Refuse:
    """Say why nothing can be done; the user keeps what it has."""

    error: OperatorError


@dataclass(frozen=True)
class Grant:
    """Have the user's Secret be there, then its password and these ACLs in Kafka."""

    acls: Acls


@dataclass(frozen=True)
class Change:
    """What Kafka is to be told: a password to set (None: none), whether to remove it, ACLs to add and to remove."""

    set_password: str | None = None
    remove_password: bool = False
    add_acls: Acls = field(default_factory=dict)
    remove_acls: Acls = field(default_factory=dict)


def check(resource: Resource, acls_supported: bool) -> None:
    """Raise InvalidResourceError where the resource asks for what cannot be done (`acl_rules` checks the ACLs)."""
    metadata, spec = resource["metadata"], resource["spec"]
    refuse_unsupported(spec, KAFKA_USER, f"KafkaUser {metadata['namespace']}/{metadata['name']}")
    if spec.get("authorization") and not acls_supported:
        raise InvalidResourceError(
            "Simple authorization ACL rules are configured but not supported in the Kafka cluster configuration."
        )
    if authentication_type(resource) in (TLS, TLS_EXTERNAL) and len(metadata["name"]) > LONGEST_COMMON_NAME:
        raise InvalidResourceError(
            "Users with TLS client authentication can have a username (name of the KafkaUser custom resource) only up "
            f"to {LONGEST_COMMON_NAME} characters long."
        )


def decide(resource: Resource | None, acls_supported: bool) -> Revoke | Pause | Refuse | Grant:
    """The next step for a user; `resource` is None where it is not there."""
    if resource is None or "deletionTimestamp" in resource["metadata"]:
        return Revoke()
    if is_paused(resource):
        return Pause()
    try:
        check(resource, acls_supported)
        return Grant({username(resource): acl_rules(resource)})
    except OperatorError as error:
        return Refuse(error)


def change(name: str, acls: Acls, password: str, last_password: str | None, state: UserState) -> Change:
    """What brings Kafka's state of a user to these ACLs and this password (empty: none).

    `last_password`: what Kafka was given last, since it does not tell what it has.
    """
    add, remove = {}, {}
    for kafka_name in usernames(name):
        wanted, found = acls.get(kafka_name, frozenset()), state.acls.get(kafka_name, frozenset())
        if missing := wanted - found:
            add[kafka_name] = missing
        if surplus := found - wanted:
            remove[kafka_name] = surplus
    is_known = state.has_password and password == last_password
    return Change(
        set_password=password if password and not is_known else None,
        remove_password=state.has_password and not password,
        add_acls=add,
        remove_acls=remove,
    )
