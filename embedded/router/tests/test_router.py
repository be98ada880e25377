"""The whole router over an API server and a real HAProxy: from a Route to a page, and to what the Route is told."""

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path

import aiohttp
import pytest
import yaml
from cluster_of_routes import Cluster
from embedded_router.haproxy.configuration import Ports
from embedded_router.haproxy.process import HaproxyError
from embedded_router.kubernetes import informer
from embedded_router.kubernetes.api import KubernetesApi
from embedded_router.router import Router
from embedded_router.settings import RouterSettings
from routed import DOMAIN, certificate, endpoint_slice, ingress, route, service, tls_secret
from traffic import browser, free_ports, http_pod

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="there is no haproxy on this machine")

OWN_KEY, OWN = certificate(f"*.{DOMAIN}")
ROLE = Path(__file__).parents[1] / "manifests" / "ClusterRole-router.yaml"
EDGE = {"tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"}}
REFUSED = {"tls": {"termination": "edge", "key": "k", "certificate": "c"}}


async def until(condition, seconds=20):
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


class Story:
    """A router at work, and those around it."""

    def __init__(self, cluster, router, settings, task, client):
        self.cluster, self.router, self.settings, self.task, self.client = cluster, router, settings, task, client

    def status(self, name, namespace="lab", kind="Route"):
        return self.cluster.objects[kind, namespace, name].get("status", {})

    def admitted(self, name, namespace="lab"):
        """Status and reason of the condition, None before there is one."""
        for entry in self.status(name, namespace).get("ingress", []):
            [condition] = entry["conditions"]
            return condition["status"], condition.get("reason")
        return None


@pytest.fixture
def tell(monkeypatch):
    """`tell(story)`: runs `story(router at work)`, with a Service `web` in the namespaces lab and other."""
    monkeypatch.setattr(informer, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr("embedded_router.router.PERIOD", 1.0)

    async def whole(story, folder):
        (folder / "tls.key").write_text(OWN_KEY)
        (folder / "tls.crt").write_text(OWN)
        tls, plain, health = free_ports(3)
        ports = {"ROUTER_TLS_PORT": tls, "ROUTER_PLAIN_PORT": plain, "ROUTER_HEALTH_PORT": health}
        settings = RouterSettings.from_environment(
            {
                **{name: str(port) for name, port in ports.items()},
                "ROUTER_PUBLIC_TLS_PORT": str(tls),
                "ROUTER_DOMAIN": DOMAIN,
                "ROUTER_EXTERNAL_HOST": "127.0.0.1",
                "ROUTER_RELOAD_INTERVAL": "0.05",
                "ROUTER_CERTIFICATE_FOLDER": str(folder),
                "ROUTER_FOLDER": str(folder / "run"),
            }
        )
        async with Cluster() as cluster, http_pod("web") as pod, browser(Ports(tls, plain, tls), OWN) as client:
            for namespace in ("lab", "other"):
                await cluster.put("Service", service(namespace=namespace))
                await cluster.put("EndpointSlice", endpoint_slice(["127.0.0.1"], namespace=namespace, http=pod))
            router = Router(KubernetesApi(cluster.address, None, None), settings)
            task = asyncio.create_task(router.run())
            try:
                await story(Story(cluster, router, settings, task, client))
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def run(story):
        with tempfile.TemporaryDirectory(prefix="router-") as folder:
            asyncio.run(asyncio.wait_for(whole(story, Path(folder)), 100))

    return run


def test_a_route_gets_a_host_is_served_and_told_so(tell):
    async def story(lab):
        await lab.cluster.put("Route", route(**EDGE))
        await until(lambda: lab.admitted("web") == ("True", None))
        found = lab.cluster.objects["Route", "lab", "web"]
        assert found["spec"]["host"] == lab.status("web")["ingress"][0]["host"] == f"web-lab.{DOMAIN}"
        assert found["metadata"]["annotations"]["openshift.io/host.generated"] == "true"
        assert (await lab.client.get(f"web-lab.{DOMAIN}"))[0] == 200
        version = lab.cluster.version
        await asyncio.sleep(1.5)  # longer than until the next look
        assert lab.cluster.version == version, "nothing is written again"

    tell(story)


def test_pods_that_come_and_go_are_followed(tell):
    async def story(lab):
        async def until_says(said):
            async with asyncio.timeout(20):
                while said not in str((await lab.client.get(f"web-lab.{DOMAIN}"))[1]):
                    await asyncio.sleep(0.05)

        await lab.cluster.put("Route", route(**EDGE))
        await until(lambda: lab.admitted("web"))
        async with http_pod("second") as pod:
            await lab.cluster.put("EndpointSlice", endpoint_slice(["127.0.0.1"], http=pod))
            await until_says("'second'")
        await lab.cluster.delete("EndpointSlice", "lab", "web-127.0.0.1")
        await until_says("has no ready pod")

    tell(story)


def test_a_refused_route_takes_nothing_from_the_others(tell):
    weak_key, weak = certificate(f"weak.{DOMAIN}", bits=1024)
    by_haproxy = {"host": f"weak.{DOMAIN}", "tls": {"termination": "edge", "key": weak_key, "certificate": weak}}

    async def story(lab):
        await lab.cluster.put("Route", route("refused", **REFUSED))
        await lab.cluster.put("Route", route("weak", **by_haproxy))
        await lab.cluster.put("Route", route(**EDGE))
        await until(lambda: lab.admitted("web") == ("True", None))
        await until(lambda: lab.admitted("refused") == lab.admitted("weak") == ("False", "ExtendedValidationFailed"))
        assert (await lab.client.get(f"web-lab.{DOMAIN}"))[0] == 200
        [entry] = lab.status("weak")["ingress"]
        assert "haproxy refuses it: unable to load SSL certificate" in entry["conditions"][0]["message"]

    tell(story)


def test_a_host_goes_to_the_next_when_the_older_route_is_deleted(tell):
    async def story(lab):
        await lab.cluster.put("Route", route("web", second=1, host=f"one.{DOMAIN}", **EDGE))
        await lab.cluster.put("Route", route("web", "other", second=2, host=f"one.{DOMAIN}", **EDGE))
        await until(lambda: lab.admitted("web", "other") == ("False", "HostAlreadyClaimed"))
        assert lab.admitted("web") == ("True", None)
        await lab.cluster.delete("Route", "lab", "web")
        await until(lambda: lab.admitted("web", "other") == ("True", None))
        assert (await lab.client.get(f"one.{DOMAIN}"))[0] == 200

    tell(story)


def test_an_ingress_is_served_with_its_certificate_and_told_where(tell):
    host = f"notes.{DOMAIN}"
    key, pem = certificate(host)
    rules = [{"host": host, "http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]

    async def story(lab):
        await lab.cluster.put("Ingress", ingress(rules=rules, tls=[{"hosts": [host], "secretName": "notes-tls"}]))
        await lab.cluster.put("Ingress", ingress("foreign", ingressClassName="nginx"))
        await until(lambda: any(kind == "Event" for kind, *_ in lab.cluster.objects))
        [event] = [item for (kind, *_), item in lab.cluster.objects.items() if kind == "Event"]
        assert (event["type"], event["involvedObject"]["name"]) == ("Warning", "web")
        assert event["message"] == "Secret lab/notes-tls: is not there, or holds nothing"
        await asyncio.sleep(1.5)  # longer than until the next look, which says nothing again
        await lab.cluster.put("Secret", tls_secret("notes-tls", key, pem))
        where = {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}
        await until(lambda: lab.status("web", kind="Ingress") == where)
        async with browser(lab.client.ports, pem) as client:
            assert (await client.get(host))[0] == 200
        assert lab.status("foreign", kind="Ingress") == {}
        assert len([1 for kind, *_ in lab.cluster.objects if kind == "Event"]) == 1

    tell(story)


def test_one_that_cannot_be_told_keeps_nobody_else_from_it(tell):
    def events(lab):
        return [key for key in lab.cluster.objects if key[0] == "Event"]

    async def story(lab):
        lab.cluster.terminating.add("other")
        await lab.cluster.put("Ingress", ingress("refused", "other", defaultBackend={"service": {"name": "web"}}))
        await lab.cluster.put("Ingress", ingress("served"))
        await until(lambda: lab.status("served", kind="Ingress"))
        assert events(lab) == []
        lab.cluster.terminating.clear()
        await until(lambda: events(lab))

    tell(story)


def test_a_lost_watch_is_taken_up_again(tell):
    async def story(lab):
        await lab.cluster.put("Route", route(**EDGE))
        await until(lambda: lab.admitted("web"))
        await lab.cluster.lose_watches()
        await lab.cluster.put("Route", route("late", to={"name": "web"}, **EDGE))
        await until(lambda: lab.admitted("late") == ("True", None))

    tell(story)


def test_an_api_server_that_is_gone_leaves_what_is_served(tell):
    async def story(lab):
        await lab.cluster.put("Route", route(**EDGE))
        await until(lambda: lab.admitted("web"))
        await lab.cluster.__aexit__()
        await asyncio.sleep(1.5)
        assert (await lab.client.get(f"web-lab.{DOMAIN}"))[0] == 200 and not lab.task.done()

    tell(story)


def test_probes_tell_whether_something_is_served(tell):
    async def story(lab):
        async def asked(path):
            with contextlib.suppress(aiohttp.ClientError):
                async with lab.client.session.get(f"http://127.0.0.1:{lab.settings.health_port}/{path}") as response:
                    return response.status

        async with asyncio.timeout(20):
            while await asked("readyz") != 200:
                await asyncio.sleep(0.05)
        assert await asked("healthz") == 200
        lab.router.haproxy.process._socket.unlink()
        assert (await asked("readyz"), await asked("healthz")) == (503, 200)

    tell(story)


def test_the_router_ends_with_its_haproxy(tell):
    async def story(lab):
        async with asyncio.timeout(20):
            while not await lab.router.is_serving():
                await asyncio.sleep(0.05)
        lab.router.haproxy.process._process.kill()
        with pytest.raises(HaproxyError, match="haproxy ended with -9"):
            await asyncio.wait_for(asyncio.shield(lab.task), 20)

    tell(story)


def test_its_rights_are_those_that_it_uses(tell):
    rules = yaml.safe_load(ROLE.read_text())["rules"]
    granted = {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }

    async def story(lab):
        await lab.cluster.put("Route", route(**EDGE))
        await lab.cluster.put("Ingress", ingress(tls=[{"hosts": ["web.example"], "secretName": "none"}]))
        await lab.cluster.put("Ingress", ingress("served"))
        await until(lambda: ("", "events", "create") in lab.cluster.used and lab.status("served", kind="Ingress"))
        await until(lambda: lab.admitted("web"))
        assert lab.cluster.used == granted

    tell(story)
