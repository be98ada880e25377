"""Settings are read, and a value that cannot be used is named."""

import pytest
from embedded_router.settings import RouterSettings


def test_defaults():
    found = RouterSettings.from_environment({"ROUTER_DOMAIN": "apps.example"})
    assert (found.public_tls_port, found.external_host, found.name) == (443, "apps.example", "default")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROUTER_DOMAIN", ""),
        ("ROUTER_DOMAIN", "Apps.example"),
        ("ROUTER_TLS_PORT", "0"),
        ("ROUTER_PUBLIC_TLS_PORT", "70000"),
        ("ROUTER_PLAIN_PORT", "http"),
        ("ROUTER_RELOAD_INTERVAL", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        RouterSettings.from_environment({"ROUTER_DOMAIN": "apps.example", name: value})
