"""What is known of a kind, also after its watch was lost."""

import asyncio
import contextlib

import pytest
from cluster_of_routes import Cluster
from embedded_router.kubernetes import informer as informers
from embedded_router.kubernetes.api import KubernetesApi
from embedded_router.kubernetes.informer import Informer
from routed import route


async def until(condition, seconds=10):
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def watching(cluster):
    api, changes = KubernetesApi(cluster.address, None, None), []
    informer = Informer(api, "Route", lambda: changes.append(1))
    task = asyncio.create_task(informer.run())
    try:
        await asyncio.wait_for(informer.synced.wait(), 10)
        yield informer, changes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await api.close()


def names(informer):
    return sorted(name for _, name in informer.objects)


def test_what_is_there_comes_and_goes_is_known():
    async def story():
        async with Cluster() as cluster:
            await cluster.put("Route", route("there"))
            async with watching(cluster) as (informer, changes):
                assert names(informer) == ["there"]
                await cluster.put("Route", route("new"))
                await until(lambda: names(informer) == ["new", "there"])
                await cluster.put("Route", route("new", host="new.example"))
                await until(lambda: informer.objects["lab", "new"]["spec"].get("host") == "new.example")
                await cluster.delete("Route", "lab", "there")
                await until(lambda: names(informer) == ["new"])
                assert len(changes) == 4 and cluster.lists == 1

    asyncio.run(story())


def test_after_a_watch_was_lost_what_was_deleted_meanwhile_is_gone():
    async def story():
        async with Cluster() as cluster:
            await cluster.put("Route", route("there"))
            async with watching(cluster) as (informer, _):
                # Nobody is told: the event is older than what the API server remembers.
                cluster.version += 1
                cluster._gone("Route", "lab", "there")
                await cluster.put("Route", route("new"))
                await cluster.lose_watches()
                await until(lambda: names(informer) == ["new"])
                assert cluster.lists == 2
                await cluster.put("Route", route("newer"))
                await until(lambda: names(informer) == ["new", "newer"])

    asyncio.run(story())


def test_an_api_server_that_went_away_is_asked_again(monkeypatch, caplog):
    monkeypatch.setattr(informers, "FIRST_PAUSE", 0.05)

    async def story():
        async with Cluster() as first:
            await first.put("Route", route("there"))
            async with watching(first) as (informer, _):
                await first.__aexit__()
                await until(lambda: "cannot be watched" in caplog.text)
                assert names(informer) == ["there"], "what was known stays known"
                async with Cluster() as second:
                    await second.put("Route", route("new"))
                    informer._api._server = second.address
                    await until(lambda: names(informer) == ["new"])

    asyncio.run(story())


def test_an_object_longer_than_a_line_of_aiohttp_is_read():
    async def story():
        async with Cluster() as cluster, watching(cluster) as (informer, _):
            await cluster.put("Route", route("long", note="x" * 300_000))
            await until(lambda: names(informer) == ["long"])

    asyncio.run(story())


def test_a_refusal_is_told_in_the_servers_words():
    async def story():
        async with Cluster() as cluster:
            api = KubernetesApi(cluster.address, None, None)
            try:
                assert await api.get("Secret", "lab", "none") is None
                with pytest.raises(Exception, match="routes none not found"):
                    await api.request("GET", "apis/route.openshift.io/v1/namespaces/lab/routes/none")
            finally:
                await api.close()

    asyncio.run(story())
