"""The router's process: what is observed becomes a decision, HAProxy serves it, and who asked is told."""

import asyncio
import contextlib
import logging
import signal

from .admission.decision import Decision, Observed, decide
from .admission.ingresses import is_ours, wanted_secrets
from .admission.routes import route_host
from .haproxy.configuration import Ports
from .haproxy.folder import ConfigurationError
from .haproxy.process import HaproxyError
from .haproxy.serving import Haproxy
from .health import serve_health
from .kubernetes.api import ApiError, KubernetesApi
from .kubernetes.informer import Informer
from .kubernetes.kinds import WATCHED, path
from .model import Key, Object, RefusalError, Source
from .settings import RouterSettings
from .status import generated_host, ingress_status, refusal_event, route_status

logger = logging.getLogger(__name__)

PERIOD = 30.0  # seconds until all is looked at again: Secrets and the router's own certificate are not watched


class Router:
    """Runs until it is told to stop, or HAProxy ends."""

    def __init__(self, api: KubernetesApi, settings: RouterSettings) -> None:
        self._api, self._settings = api, settings
        self._changed = asyncio.Event()
        self._informers = {kind: Informer(api, kind, self._changed.set) for kind in WATCHED}
        self.haproxy = Haproxy(settings.folder, Ports(settings.tls_port, settings.plain_port, settings.public_tls_port))
        self._told: dict[Source, str] = {}  # Ingresses that were told by an Event why they are refused

    async def run(self) -> None:
        """Raises HaproxyError where HAProxy ends."""
        health = await serve_health(self._settings.health_port, self.is_serving)
        tasks = [asyncio.create_task(informer.run()) for informer in self._informers.values()]
        tasks += [asyncio.create_task(each) for each in (self._reconcile_forever(), self.haproxy.process.wait())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.haproxy.process.stop()
            await health.cleanup()
            await self._api.close()

    async def is_serving(self) -> bool:
        """Whether HAProxy has a configuration and answers."""
        return bool(await self.haproxy.process.digest())

    async def _reconcile_forever(self) -> None:
        for informer in self._informers.values():
            await informer.synced.wait()
        while True:
            self._changed.clear()
            try:
                await self.reconcile()
            except (ApiError, ConfigurationError, OSError) as error:
                logger.error("not all could be done, again in at most %.0f s: %s", PERIOD, error)
            # Changes that come together make one reload: each leaves a process behind that has connections open.
            await asyncio.sleep(self._settings.reload_interval)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), PERIOD)

    async def reconcile(self) -> None:
        """Decide, serve, tell. Raises ApiError, ConfigurationError, HaproxyError, OSError."""
        observed = await self._observe()
        decision = decide(observed, self._settings.domain, self._settings.ingress_class)
        refused = await self.haproxy.serve(decision.exposures, self._own_certificate())
        refusals = {**decision.refusals}
        for exposure, said in refused.items():
            refusals[exposure.source] = RefusalError("ExtendedValidationFailed", f"haproxy refuses it: {said}")
        await self._tell(observed, Decision(decision.exposures, refusals))

    def _own_certificate(self) -> bytes:
        folder = self._settings.certificate_folder
        return b"".join((folder / name).read_bytes().strip() + b"\n" for name in ("tls.key", "tls.crt"))

    async def _observe(self) -> Observed:
        routes, ingresses, services, slices = (dict(self._informers[kind].objects) for kind in WATCHED)
        ours = [item for item in ingresses.values() if is_ours(item, self._settings.ingress_class)]
        secrets: dict[Key, Object] = {}
        # Read one by one: to watch them takes the right to read all there are.
        for namespace, name in sorted(set().union(*map(wanted_secrets, ours))):
            if secret := await self._api.get("Secret", namespace, name):
                secrets[namespace, name] = secret
        return Observed(routes, ingresses, services, slices, secrets)

    async def _tell(self, observed: Observed, decision: Decision) -> None:
        ours = [item for item in observed.ingresses.values() if is_ours(item, self._settings.ingress_class)]
        to_tell = [(Source.of("Route", route), self._tell_route, route) for route in observed.routes.values()]
        to_tell += [(Source.of("Ingress", item), self._tell_ingress, item) for item in ours]
        for source, tell, resource in to_tell:
            try:
                await tell(resource, decision.refusals.get(source))
            except ApiError as error:  # such as of a namespace that ends and takes no Event: the others are told
                name = f"{source.kind} {source.namespace}/{source.name}"
                logger.error("%s could not be told, again in at most %.0f s: %s", name, PERIOD, error)

    async def _tell_route(self, route: Object, refusal: RefusalError | None) -> None:
        host = route_host(route, self._settings.domain).lower()
        if change := generated_host(route, host):
            # Its status follows with the event of this change.
            await self._api.merge("Route", route, change)
        elif status := route_status(route, host, self._settings.name, self._settings.domain, refusal):
            await self._api.merge("Route", route, {"status": status}, "status")

    async def _tell_ingress(self, ingress: Object, refusal: RefusalError | None) -> None:
        if status := ingress_status(ingress, self._settings.external_host, refusal):
            await self._api.merge("Ingress", ingress, {"status": status}, "status")
        source = Source.of("Ingress", ingress)
        if not refusal:
            self._told.pop(source, None)
        elif self._told.get(source) != str(refusal):
            event = refusal_event("Ingress", ingress, refusal, self._settings.name)
            await self._api.request("POST", path("Event", source.namespace), event)
            self._told[source] = str(refusal)


async def run() -> None:
    """Run until SIGTERM or SIGINT, or until HAProxy ends."""
    router = Router(KubernetesApi.in_cluster(), RouterSettings.from_environment())
    task = asyncio.create_task(router.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """Run until told to stop. Raises ValueError or KeyError, naming the variable, when the environment is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(run())
    except HaproxyError as error:
        raise SystemExit(f"router: {error}") from error


if __name__ == "__main__":
    main()
