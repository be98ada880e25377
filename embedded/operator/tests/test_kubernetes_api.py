"""What the API server answers, over HTTP."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from embedded_operator.kubernetes.api import ApiError, KubernetesApi


@pytest.fixture
def ask():
    """`ask(status, text, call)`: what `call(api)` makes of a server that answers so whatever it is asked."""

    async def answered(status, text, call):
        async def answer(_):
            return web.Response(status=status, text=text)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        async with TestServer(app) as server:
            api = KubernetesApi(str(server.make_url("/")).rstrip("/"), None, None)
            try:
                return await call(api)
            finally:
                await api.close()

    return lambda *arguments: asyncio.run(answered(*arguments))


@pytest.mark.parametrize(
    ("text", "told"),
    [(json.dumps({"kind": "Status", "message": "pods is forbidden"}), "pods is forbidden"), ("no etcd\n", "no etcd")],
    ids=["a Status", "plain text"],
)
def test_a_refusal_is_told_in_the_servers_words(ask, text, told):
    with pytest.raises(ApiError) as error:
        ask(403, text, lambda api: api.list_objects("Pod", "lab"))
    assert (error.value.status, str(error.value)) == (403, told)


def test_an_api_that_is_not_there_is_answered_in_plain_text(ask):
    assert ask(404, "404 page not found\n", lambda api: api.serves("Route")) is False
    assert ask(200, json.dumps({"kind": "APIResourceList"}), lambda api: api.serves("Route")) is True
