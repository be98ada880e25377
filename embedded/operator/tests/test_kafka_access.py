"""How an entity operator knows whether Kafka answers."""

import asyncio

from embedded_operator.kafka_clients.access import API_TIMEOUT, KafkaAccess
from kafka.errors import KafkaConnectionError


class Admin:
    """Stands for KafkaAdmin: one that answers or does not."""

    bootstrap_servers = "my-kafka-bootstrap:9091"

    def __init__(self):
        self.answers, self.closed = True, False

    def cluster_is_reachable(self):
        if not self.answers:
            raise KafkaConnectionError

    def close(self):
        self.closed = True


async def until(holds):
    """Let others run until it holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0)


def test_kafka_is_looked_at_until_that_is_stopped(monkeypatch):
    monkeypatch.setattr("embedded_operator.kafka_clients.access.CONNECT_INTERVAL", 0)
    monkeypatch.setattr("embedded_operator.kafka_clients.access.CHECK_INTERVAL", 0)
    admin = Admin()

    async def scenario():
        kafka = KafkaAccess(admin)
        kafka.start()
        await until(lambda: kafka.reachable)
        admin.answers = False
        await until(lambda: admin.closed and not kafka.reachable)
        admin.answers = True
        await until(lambda: kafka.reachable)
        async with asyncio.timeout(10):
            await kafka.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


def test_silence_is_told_when_it_lasts_and_begins_anew_after_an_answer(monkeypatch):
    admin, seconds = Admin(), 10 * API_TIMEOUT
    kafka = KafkaAccess(admin)
    monkeypatch.setattr("embedded_operator.kafka_clients.access.time.monotonic", lambda: seconds)
    assert kafka.mark_unreachable(KafkaConnectionError("not there yet")) is None
    seconds = 0
    asyncio.run(kafka.call(admin.cluster_is_reachable))
    seconds = API_TIMEOUT - 1
    assert kafka.mark_unreachable(KafkaConnectionError("refused")) is None
    seconds = API_TIMEOUT
    told = "org.apache.kafka.common.errors.TimeoutException: no answer from my-kafka-bootstrap:9091"
    assert str(kafka.mark_unreachable(KafkaConnectionError("refused"))).startswith(told)
    asyncio.run(kafka.call(admin.cluster_is_reachable))
    assert kafka.mark_unreachable(KafkaConnectionError("refused")) is None


def test_what_was_never_started_can_be_stopped():
    asyncio.run(KafkaAccess(Admin()).stop())
