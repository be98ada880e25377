"""A real HAProxy serves what it is told to: TLS that ends and TLS that passes through, reloads and mistakes."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from embedded_router.haproxy.configuration import Ports
from embedded_router.haproxy.folder import ConfigurationError
from embedded_router.haproxy.serving import Haproxy
from embedded_router.model import Insecure, Termination
from routed import certificate
from traffic import browser, client_context, echo_pod, exposure, free_ports, http_pod, server_context

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="there is no haproxy on this machine")

OWN_KEY, OWN = certificate("*.apps.example")
KEY, PEM = certificate("own.apps.example")
POD_KEY, POD_PEM = certificate("kafka.apps.example", "localhost")


@pytest.fixture
def running():
    """`running(story)`: runs `story(haproxy, ports)`; afterwards HAProxy is gone."""

    def run(story):
        # Not pytest's folder: a socket's path has at most 108 letters.
        with tempfile.TemporaryDirectory(prefix="router-") as folder:
            ports = Ports(*free_ports(2), public_tls=30444)

            async def whole():
                haproxy = Haproxy(Path(folder), ports)
                try:
                    async with asyncio.timeout(180):
                        await story(haproxy, ports)
                finally:
                    await haproxy.process.stop()

            asyncio.run(whole())

    return run


def serve(haproxy, *exposures):
    return haproxy.serve(exposures, (OWN_KEY + OWN).encode())


def test_tls_ends_at_the_router(running):
    async def story(haproxy, ports):
        async with http_pod("web") as pod, browser(ports, OWN) as client:
            assert await serve(haproxy, exposure("web", pod)) == {}
            status, page = await client.get("web.apps.example", "/lab?a=b")
            assert (status, page["says"], page["path"]) == (200, "web", "/lab?a=b")
            assert (page["X-Forwarded-Proto"], page["X-Forwarded-For"]) == ("https", "127.0.0.1")
            assert page["Host"] == f"web.apps.example:{ports.tls}"
            assert (await client.get("WEB.apps.example"))[0] == 200
            assert await client.get("other.apps.example") == (503, "No Route or Ingress has this host and path.\n")

    running(story)


def test_a_route_may_have_a_certificate_of_its_own(running):
    async def story(haproxy, ports):
        async with http_pod("own") as pod, http_pod("web") as other, browser(ports, PEM) as client:
            await serve(haproxy, exposure("own", pod, certificate=(KEY + PEM).encode()), exposure("web", other))
            assert (await client.get("own.apps.example"))[0] == 200
            with pytest.raises(Exception, match="certificate verify failed"):
                await client.get("web.apps.example")

    running(story)


def test_tls_passes_through_by_its_name(running, tmp_path):
    async def story(haproxy, ports):
        tls = server_context(tmp_path, POD_KEY, POD_PEM)
        async with echo_pod(tls) as pod, http_pod("web") as other, browser(ports, OWN) as client:
            await serve(haproxy, exposure("kafka", pod, Termination.PASSTHROUGH), exposure("web", other))
            # The pod's own certificate is what a client sees.
            where = {"ssl": client_context(POD_PEM), "server_hostname": "kafka.apps.example"}
            reader, writer = await asyncio.open_connection("127.0.0.1", ports.tls, **where)
            writer.write(b"\x00\x01 bytes\n")
            assert await reader.readline() == b"\x00\x01 bytes\n"
            writer.close()
            assert (await client.get("web.apps.example"))[0] == 200

    running(story)


def test_tls_can_be_made_anew_to_pods_whose_certificate_is_checked(running, tmp_path):
    async def story(haproxy, ports):
        async with http_pod("safe", server_context(tmp_path, POD_KEY, POD_PEM)) as pod, browser(ports, OWN) as client:
            right = exposure("right", pod, Termination.REENCRYPT, destination_ca=POD_PEM.encode())
            wrong = exposure("wrong", pod, Termination.REENCRYPT, destination_ca=PEM.encode())
            await serve(haproxy, right, wrong)
            assert (await client.get("right.apps.example"))[0] == 200
            assert (await client.get("wrong.apps.example"))[0] == 503

    running(story)


def test_the_port_without_tls_redirects_answers_or_refuses(running):
    async def story(haproxy, ports):
        async with http_pod("web") as pod, browser(ports) as client:
            await serve(
                haproxy,
                exposure("sent", pod, insecure=Insecure.REDIRECT),
                exposure("through", pod, Termination.PASSTHROUGH, insecure=Insecure.REDIRECT),
                exposure("open", pod, Termination.NONE, insecure=Insecure.ALLOW),
                exposure("closed", pod),
            )
            assert await client.get_plain("sent.apps.example", "/a?b=c") == (
                302,
                "https://sent.apps.example:30444/a?b=c",
            )
            assert await client.get_plain("through.apps.example") == (302, "https://through.apps.example:30444/")
            status, said = await client.get_plain("open.apps.example")
            assert status == 200 and '"http"' in said
            assert (await client.get_plain("closed.apps.example"))[0] == 503

    running(story)


def test_paths_lead_to_different_pods(running):
    async def story(haproxy, ports):
        async with http_pod("root") as root, http_pod("part") as part, browser(ports, OWN) as client:
            of_path = exposure("part", part, host="web.apps.example", path="/part")
            exact = exposure("exact", part, path="/one", is_exact=True)
            await serve(haproxy, exposure("web", root), of_path, exact)
            for path, says in {"/": "root", "/part": "part", "/part/of?q": "part", "/partial": "root"}.items():
                assert (await client.get("web.apps.example", path))[1]["says"] == says, path
            assert [(await client.get("exact.apps.example", path))[0] for path in ("/one", "/one/two")] == [200, 503]

    running(story)


def test_connections_stay_open_through_a_reload(running, tmp_path):
    async def story(haproxy, ports):
        tls = server_context(tmp_path, POD_KEY, POD_PEM)
        async with http_pod("web") as pod, echo_pod(tls) as kafka, browser(ports, OWN) as client:
            some = [exposure("web", pod), exposure("kafka", kafka, Termination.PASSTHROUGH)]
            await serve(haproxy, *some)
            where = {"ssl": client_context(POD_PEM), "server_hostname": "kafka.apps.example"}
            reader, writer = await asyncio.open_connection("127.0.0.1", ports.tls, **where)
            async with client.session.ws_connect(f"https://web.apps.example:{ports.tls}/echo") as channel:
                await channel.send_str("before")
                assert (await channel.receive_str()) == "web before"
                slow = asyncio.create_task(client.get("web.apps.example", "/slow"))
                await asyncio.sleep(0.2)
                for number in range(3):
                    await serve(haproxy, *some, *(exposure(f"more{n}", pod) for n in range(number + 1)))
                    assert (await client.get(f"more{number}.apps.example"))[0] == 200
                await channel.send_str("after")
                assert (await channel.receive_str()) == "web after"
            writer.write(b"after\n")
            assert await reader.readline() == b"after\n"
            writer.close()
            assert (await slow)[0] == 200

    running(story)


def test_no_client_is_turned_away_during_reloads(running):
    async def story(haproxy, ports):
        async with http_pod("web") as pod, browser(ports, OWN) as client:
            await serve(haproxy, exposure("web", pod))
            statuses = []

            async def ask():
                while True:
                    statuses.append((await client.get("web.apps.example"))[0])
                    await asyncio.sleep(0.01)  # reloads get their share of a busy machine

            asking = [asyncio.create_task(ask()) for _ in range(4)]
            for number in range(5):
                await serve(haproxy, exposure("web", pod), exposure(f"more{number}", pod))
            for task in asking:
                assert not task.done(), task.exception()
                task.cancel()
            assert len(statuses) > 5 and set(statuses) == {200}

    running(story)


def test_what_haproxy_refuses_is_left_out_and_the_others_are_served(running):
    weak_key, weak = certificate("weak.apps.example", bits=1024)

    async def story(haproxy, ports):
        async with http_pod("web") as pod, browser(ports, OWN) as client:
            await serve(haproxy, exposure("web", pod))
            broken = exposure("weak", pod, certificate=(weak_key + weak).encode())
            refused = await serve(haproxy, exposure("web", pod), broken, exposure("new", pod))
            assert list(refused) == [broken] and "unable to load SSL certificate" in refused[broken]
            assert [(await client.get(f"{name}.apps.example"))[0] for name in ("web", "new", "weak")] == [200, 200, 503]
            assert await serve(haproxy, exposure("web", pod), exposure("new", pod)) == {}

    running(story)


def test_a_broken_certificate_of_the_routers_own_leaves_all_as_it_was(running):
    async def story(haproxy, ports):
        async with http_pod("web") as pod, browser(ports, OWN) as client:
            await serve(haproxy, exposure("web", pod))
            with pytest.raises(ConfigurationError):
                await haproxy.serve([exposure("web", pod), exposure("new", pod)], b"no PEM")
            assert (await client.get("web.apps.example"))[0] == 200
            assert await serve(haproxy, exposure("web", pod), exposure("new", pod)) == {}
            assert (await client.get("new.apps.example"))[0] == 200

    running(story)


def test_private_keys_are_readable_by_the_router_alone_and_do_not_pile_up(running):
    async def story(haproxy, _):
        own = exposure("own", 1, certificate=(KEY + PEM).encode())
        await serve(haproxy, own)
        files = haproxy._path / "files"
        before = {path.name for path in files.iterdir()}
        assert {path.stat().st_mode & 0o077 for path in [files, *files.iterdir()]} == {0}
        await serve(haproxy, exposure("web", 1))
        assert {path.name for path in files.iterdir()} < before

    running(story)


def test_who_says_nothing_is_hung_up_on(running):
    async def story(haproxy, ports):
        await serve(haproxy)
        reader, writer = await asyncio.open_connection("127.0.0.1", ports.tls)
        assert await asyncio.wait_for(reader.read(), 8) == b""
        writer.close()

    running(story)
