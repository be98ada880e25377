"""HAProxy's configuration: the same text for the same things, and what stands in it."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from embedded_router.haproxy.configuration import Ports, write_configuration
from embedded_router.model import Exposure, Insecure, Server, Source, Termination

FOLDER, OWN = Path("/router"), b"own certificate\n"
POD = Server("10.0.0.1", 8080)


def exposure(name="web", host="web.example", termination=Termination.EDGE, **more):
    source = Source("2026-01-01T00:00:00Z", "lab", name, more.pop("kind", "Route"))
    return Exposure(source, host, more.pop("servers", (POD,)), termination, **more)


def written(*exposures, public_tls=443):
    return write_configuration(exposures, OWN, Ports(8443, 8080, public_tls), FOLDER)


def section(configuration, head):
    """Lines of a section."""
    [found] = [part for part in configuration.text.split("\n\n") if part.startswith(f"{head}\n")]
    return [line.strip() for line in found.splitlines()[1:]]


def rules(configuration, frontend):
    """Which backend each use_backend rule leads to, in their order."""
    return [
        line.split()[1] for line in section(configuration, f"frontend {frontend}") if line.startswith("use_backend")
    ]


def test_the_order_in_which_things_come_does_not_count():
    some = [
        exposure("a", path="/a", certificate=b"pem a"),
        exposure("b", termination=Termination.PASSTHROUGH, host="b.example"),
        exposure("c", termination=Termination.NONE, host="c.example", insecure=Insecure.ALLOW),
        exposure("d", certificate=b"pem d"),
    ]
    [one] = {written(*order).text for order in itertools.permutations(some)}
    assert "description" in one


def test_another_certificate_is_another_configuration():
    one, two = (written(exposure(certificate=pem)) for pem in (b"one", b"two"))
    assert one.digest != two.digest and one.text != two.text


def test_a_digest_that_haproxy_tells_is_in_the_text():
    configuration = written()
    assert configuration.text.startswith(f"global\n  description {configuration.digest}\n")


def test_tls_that_passes_through_is_told_by_its_name():
    configuration = written(exposure("kafka", "k.example", Termination.PASSTHROUGH), exposure())
    assert section(configuration, "frontend tls")[-2:] == [
        "use_backend route:lab:kafka if { req.ssl_sni,lower -m str k.example }",
        "default_backend terminate",
    ]
    assert rules(configuration, "terminated") == ["route:lab:web"]
    assert section(configuration, "backend route:lab:kafka") == [
        "mode tcp",
        "balance source",
        "server pod1 10.0.0.1:8080",
    ]


def test_more_precise_paths_come_first():
    paths = {"root": "/", "a": "/a", "ab": "/a/b"}
    some = [exposure(name, path=path) for name, path in paths.items()]
    some.append(exposure("exact", path="/a", is_exact=True))
    assert rules(written(*some), "terminated") == [f"route:lab:{name}" for name in ("exact", "ab", "a", "root")]


def test_a_path_is_a_prefix_by_whole_segments():
    lines = section(written(exposure(path="/a")), "frontend terminated")
    assert "use_backend route:lab:web if { var(txn.host) -m str web.example } { var(txn.path) -m beg /a/ }" in lines


def test_a_certificate_counts_for_its_host():
    configuration = written(exposure("own"), exposure("other", "o.example", certificate=b"pem o"))
    [listed] = [content for name, content in configuration.files.items() if name.endswith(".list")]
    path, host = listed.decode().split()
    assert host == "o.example" and configuration.files[Path(path).name] == b"pem o"
    assert set(configuration.files.values()) == {OWN, b"pem o", listed}


@pytest.mark.parametrize(("port", "told"), [(443, ""), (30444, ":30444")])
def test_a_browser_without_tls_is_sent_to_the_published_port(port, told):
    configuration = written(exposure(insecure=Insecure.REDIRECT), public_tls=port)
    assert rules(configuration, "plain") == ["redirect"]
    assert f"http-request redirect prefix https://%[var(txn.host)]{told} code 302" in section(
        configuration, "backend redirect"
    )


def test_the_port_without_tls_keeps_to_paths():
    allowed = exposure("allowed", path="/a", insecure=Insecure.ALLOW)
    configuration = written(exposure("sent", insecure=Insecure.REDIRECT), allowed, exposure("none", "n.example"))
    assert rules(configuration, "plain") == ["route:lab:allowed", "redirect"]


def test_a_service_without_pods_is_told():
    lines = section(written(exposure(servers=())), "backend route:lab:web")
    assert "has no ready pod" in lines[-1] and not any(line.startswith("server ") for line in lines)


def test_reencryption_checks_the_pods_certificate():
    configuration = written(exposure(termination=Termination.REENCRYPT, destination_ca=b"authority"))
    server = section(configuration, "backend route:lab:web")[-1]
    assert configuration.files[Path(server.rsplit("/")[-1]).name] == b"authority" and " ssl verify required " in server


def test_a_time_out_is_the_backends():
    assert "timeout server 90s" in section(written(exposure(timeout="90s")), "backend route:lab:web")


def test_a_pods_address_may_be_of_the_new_kind():
    lines = section(written(exposure(servers=(Server("fd00::1", 80),))), "backend route:lab:web")
    assert lines[-1] == "server pod1 [fd00::1]:80"


def test_each_path_of_an_ingress_has_a_backend_of_its_own():
    first = exposure(kind="Ingress", path="/a")
    assert rules(written(first, replace(first, number=1, path="/b")), "terminated") == [
        "ingress:lab:web:0",
        "ingress:lab:web:1",
    ]
