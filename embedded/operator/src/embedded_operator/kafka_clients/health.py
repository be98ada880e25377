"""What Kubernetes' probes ask an entity operator."""

from aiohttp import web

from .access import KafkaAccess


async def serve_health(kafka: KafkaAccess, port: int) -> web.AppRunner:
    """Answer /healthy while the process lives and /ready while Kafka answers it."""

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="healthy")

    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ready") if kafka.reachable else web.Response(status=503, text="no Kafka")

    application = web.Application()
    application.add_routes([web.get("/healthy", healthy), web.get("/ready", ready)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, port=port).start()
    return runner
