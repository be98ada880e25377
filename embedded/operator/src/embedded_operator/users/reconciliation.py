"""Reconciling a KafkaUser: what is there is read, `decision` says what to do, and it is done."""

import asyncio
import logging

from ..certificates import Identity
from ..conditions import Condition
from ..entity_reconciliation import EntityReconciler
from ..errors import InvalidConfigurationError, OperatorError
from ..kubernetes.api import KubernetesApi, Object
from ..kubernetes.kinds import CLUSTER_LABEL
from ..objects.comparison import is_as_desired
from ..objects.secrets import data_of
from ..settings import UserOperatorSettings
from .admin import UserAdmin
from .condition import user_condition
from .decision import Acls, Grant, Pause, Refuse, Revoke, UserState, change, decide
from .resource import Resource, resource_name, username, usernames
from .secrets import is_of_a_user, user_secret

logger = logging.getLogger(__name__)


class UserReconciler(EntityReconciler):
    """Brings users to what their resources say, and takes all rights from those that have none."""

    kind = "KafkaUser"

    def __init__(self, api: KubernetesApi, settings: UserOperatorSettings, admin: UserAdmin) -> None:
        super().__init__(api, settings, admin)
        self._settings, self._admin = settings, admin
        self._passwords: dict[str, str] = {}  # what Kafka was given: it does not tell what it has

    async def orphans(self) -> set[str]:
        """Names of users that Kafka knows and no KafkaUser: deleted while nobody watched. Raises UNREACHABLE."""
        known = set(await self.kafka.call(self._admin.scram_users))
        if self._settings.acls_supported:
            known |= set(await self.kafka.call(self._admin.acls))
        # Asked for after Kafka was, so that a user made in between is not taken for an orphan.
        selector = f"{CLUSTER_LABEL}={self._settings.cluster}"
        resources = await self._api.list_objects(self.kind, self._namespace, selector)
        wanted = {each["metadata"]["name"] for each in resources if "deletionTimestamp" not in each["metadata"]}
        return {name for name in map(resource_name, known) if name} - wanted

    async def _reconcile(self, name: str, resource: Resource | None) -> float | None:
        match decide(resource, self._settings.acls_supported):
            case Revoke():
                await self._apply(name, {}, "")
            case Pause():
                await self._pause(resource)
            case Refuse(error):
                return await self._finish(resource, error)
            case Grant(acls):
                return await self._grant(resource, acls)
        return None

    def _condition(self, error: OperatorError | None) -> Condition:
        return user_condition(error)

    async def _grant(self, resource: Resource, acls: Acls) -> float:
        """Have a user's Secret, password and ACLs as they are to be."""
        try:
            secret = await self._write_secret(resource)
            await self._apply(resource["metadata"]["name"], acls, data_of(secret, "password").decode())
        except OperatorError as error:
            return await self._finish(resource, error)
        secret_name = secret["metadata"]["name"] if secret else None
        return await self._finish(resource, None, username=username(resource), secret=secret_name)

    async def _clients_ca(self) -> Identity:
        settings = self._settings
        certificate = await self._api.get("Secret", self._namespace, settings.ca_certificate_secret)
        key = await self._api.get("Secret", self._namespace, settings.ca_key_secret)
        return Identity(data_of(key, "ca.key"), data_of(certificate, "ca.crt"))

    async def _write_secret(self, resource: Resource) -> Object | None:
        """Create or repair the user's Secret, remove one that it no longer has. Returns the Secret."""
        name = resource["metadata"]["name"]
        found, clients_ca = await self._api.get("Secret", self._namespace, name), await self._clients_ca()
        try:
            wanted = await asyncio.to_thread(user_secret, resource, clients_ca, found)
        except ValueError as error:
            raise InvalidConfigurationError(
                f"Secrets {self._settings.ca_certificate_secret} and {self._settings.ca_key_secret} hold no usable "
                f"certificate authority: {error}"
            ) from error
        if wanted is None:
            if is_of_a_user(found):
                await self._api.delete("Secret", self._namespace, name)
        elif not is_as_desired(found, wanted):
            logger.info("%s Secret %s", "change" if found else "create", name)
            await self._api.apply(wanted)
        return wanted

    async def _state(self, name: str) -> UserState:
        """A user as Kafka has it."""
        has_password, acls = name in await self.kafka.call(self._admin.scram_users, name), {}
        for kafka_name in usernames(name) if self._settings.acls_supported else ():
            acls |= await self.kafka.call(self._admin.acls, kafka_name)
        return UserState(has_password, acls)

    async def _apply(self, name: str, acls: Acls, password: str) -> None:
        """Have Kafka know a user's ACLs and password (empty: none). Raises OperatorError where it refuses."""
        step = change(name, acls, password, self._passwords.get(name), await self._state(name))
        if step.set_password:
            logger.info("set the password of user %s", name)
            await self.kafka.call(self._admin.set_password, name, step.set_password)
            self._passwords[name] = step.set_password
        if step.remove_password:
            logger.info("remove the password of user %s", name)
            await self.kafka.call(self._admin.remove_password, name)
            self._passwords.pop(name, None)
        for kafka_name, rules in step.add_acls.items():
            logger.info("add %d ACLs of user %s", len(rules), kafka_name)
            await self.kafka.call(self._admin.add_acls, kafka_name, rules)
        for kafka_name, rules in step.remove_acls.items():
            logger.info("remove %d ACLs of user %s", len(rules), kafka_name)
            await self.kafka.call(self._admin.remove_acls, kafka_name, rules)
