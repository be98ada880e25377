"""One pass over a KafkaUser: from its resource to its Secret, to Kafka and back to its status."""

import asyncio
import logging

from .. import conditions
from ..certificates import Identity
from ..errors import InvalidConfigurationError, OperatorError
from ..kafka_clients.access import UNREACHABLE, UNREACHABLE_RETRY, KafkaAccess
from ..kubernetes.api import ApiError, KubernetesApi, Object
from ..objects.comparison import is_as_desired
from ..objects.secrets import data_of
from ..settings import UserOperatorSettings
from .admin import UserAdmin
from .secrets import is_of_a_user, user_secret
from .state import AclRule, Resource, acl_rules, check, resource_name, username, usernames

logger = logging.getLogger(__name__)


class UserReconciler:
    """Brings users to what their resources say, and takes all rights from those that have none."""

    def __init__(self, api: KubernetesApi, settings: UserOperatorSettings, admin: UserAdmin) -> None:
        self._api, self._settings, self._admin = api, settings, admin
        self.kafka = KafkaAccess(admin)
        self._selector = f"strimzi.io/cluster={settings.cluster}"
        self._passwords: dict[str, str] = {}  # what Kafka was given: it does not tell what it has

    async def reconcile(self, name: str) -> float | None:
        """One pass; returns seconds until the next one, or None when the resource is gone or paused."""
        resource = await self._api.get("KafkaUser", self._settings.namespace, name)
        try:
            if resource is None or not self._is_ours(resource):
                await self._revoke(name)
                return None
            if left_alone := conditions.paused(resource):
                await conditions.write_status(self._api, "KafkaUser", resource, left_alone)
                return None
            return await self._bring_about(resource)
        except UNREACHABLE as error:
            if (silence := self.kafka.lost(error)) and resource and self._is_ours(resource):
                await conditions.write_status(
                    self._api, "KafkaUser", resource, conditions.new_status(resource, conditions.ready(silence))
                )
            return UNREACHABLE_RETRY

    async def orphans(self) -> set[str]:
        """Names of users that Kafka knows and no KafkaUser: deleted while nobody watched. Raises UNREACHABLE."""
        known = set(await self.kafka.call(self._admin.scram_users))
        if self._settings.acls_supported:
            known |= set(await self.kafka.call(self._admin.acls))
        # Asked for after Kafka was, so that a user made in between is not taken for an orphan.
        resources = await self._api.list_objects("KafkaUser", self._settings.namespace, self._selector)
        wanted = {resource["metadata"]["name"] for resource in resources if self._is_ours(resource)}
        return {name for name in map(resource_name, known) if name} - wanted

    def _is_ours(self, resource: Resource) -> bool:
        metadata = resource["metadata"]
        cluster = metadata.get("labels", {}).get("strimzi.io/cluster")
        return cluster == self._settings.cluster and "deletionTimestamp" not in metadata

    async def _bring_about(self, resource: Resource) -> float:
        name, secret, problem = resource["metadata"]["name"], None, None
        try:
            check(resource, self._settings.acls_supported)
            rules = acl_rules(resource)
            secret = await self._write_secret(resource)
            await self._set_password(name, data_of(secret, "password").decode())
            for kafka_name in usernames(name):
                await self._set_acls(kafka_name, rules if kafka_name == username(resource) else frozenset())
        except OperatorError as error:
            if isinstance(error, ApiError) and error.passing:
                raise
            problem = error
            logger.warning("KafkaUser %s: %s: %s", name, error.reason, error)
        secret_name = secret["metadata"]["name"] if secret else None
        fields = {} if problem else {"username": username(resource), "secret": secret_name}
        answer = conditions.new_status(resource, conditions.ready(problem), **fields)
        await conditions.write_status(self._api, "KafkaUser", resource, answer)
        return self._settings.reconciliation_interval

    async def _clients_ca(self) -> Identity:
        namespace, names = self._settings.namespace, self._settings
        certificate = await self._api.get("Secret", namespace, names.ca_certificate_secret)
        key = await self._api.get("Secret", namespace, names.ca_key_secret)
        return Identity(data_of(key, "ca.key"), data_of(certificate, "ca.crt"))

    async def _write_secret(self, resource: Resource) -> Object | None:
        """Make or mend the user's Secret, remove one that it no longer has. Returns the Secret."""
        namespace, name = self._settings.namespace, resource["metadata"]["name"]
        found, ca = await self._api.get("Secret", namespace, name), await self._clients_ca()
        try:
            wanted = await asyncio.to_thread(user_secret, resource, ca, found)
        except ValueError as error:
            raise InvalidConfigurationError(
                f"Secrets {self._settings.ca_certificate_secret} and {self._settings.ca_key_secret} hold no usable "
                f"certificate authority: {error}"
            ) from error
        if wanted is None:
            if is_of_a_user(found):
                await self._api.delete("Secret", namespace, name)
        elif not is_as_desired(found, wanted):
            logger.info("%s Secret %s", "change" if found else "create", name)
            await self._api.apply(wanted)
        return wanted

    async def _set_password(self, name: str, password: str) -> None:
        """Have Kafka know a user's password; an empty one takes it away."""
        known = name in await self.kafka.call(self._admin.scram_users, name)
        if password and not (known and self._passwords.get(name) == password):
            logger.info("set the password of user %s", name)
            await self.kafka.call(self._admin.set_password, name, password)
            self._passwords[name] = password
        elif known and not password:
            logger.info("remove the password of user %s", name)
            await self.kafka.call(self._admin.remove_password, name)
            self._passwords.pop(name, None)

    async def _set_acls(self, kafka_name: str, wanted: frozenset[AclRule]) -> None:
        """Bring a user's ACLs to the wanted ones."""
        if not self._settings.acls_supported:
            return
        found = (await self.kafka.call(self._admin.acls, kafka_name)).get(kafka_name, frozenset())
        if missing := wanted - found:
            logger.info("add %d ACLs of user %s", len(missing), kafka_name)
            await self.kafka.call(self._admin.add_acls, kafka_name, missing)
        if surplus := found - wanted:
            logger.info("remove %d ACLs of user %s", len(surplus), kafka_name)
            await self.kafka.call(self._admin.remove_acls, kafka_name, surplus)

    async def _revoke(self, name: str) -> None:
        """Take away everything that a user has in Kafka; its Secret goes with its resource."""
        await self._set_password(name, "")
        for kafka_name in usernames(name):
            await self._set_acls(kafka_name, frozenset())
