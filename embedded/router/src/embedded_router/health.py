"""What Kubernetes' probes ask the router."""

from collections.abc import Awaitable, Callable

from aiohttp import web


async def serve_health(port: int, is_serving: Callable[[], Awaitable[bool]]) -> web.AppRunner:
    """Answer /healthz while the process lives and /readyz while HAProxy serves what was decided."""

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_: web.Request) -> web.Response:
        if await is_serving():
            return web.Response(text="ok")
        return web.Response(status=503, text="nothing is served yet")

    application = web.Application()
    application.add_routes([web.get("/healthz", healthy), web.get("/readyz", ready)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, port=port).start()
    return runner
