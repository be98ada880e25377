"""From what is to be served to HAProxy serving it; what HAProxy itself refuses is left out, and the rest is served."""

import logging
from collections.abc import Iterable
from pathlib import Path

from ..model import Exposure
from .configuration import Configuration, Ports, write_configuration
from .folder import ConfigurationError, ConfigurationFolder
from .process import HaproxyProcess

logger = logging.getLogger(__name__)


class Haproxy:
    """The folder and the process; `serve` is the one way to change what they do."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._path, self._ports = folder, ports
        self._folder = ConfigurationFolder(folder)
        self.process = HaproxyProcess(self._folder.main, self._folder.socket)
        self._digest = ""
        self._refused: dict[Exposure, str] = {}

    def _written(self, exposures: Iterable[Exposure], own_certificate: bytes) -> Configuration:
        return write_configuration(exposures, own_certificate, self._ports, self._path)

    async def serve(self, exposures: Iterable[Exposure], own_certificate: bytes) -> dict[Exposure, str]:
        """Serve these, from the return on; returns those that HAProxy refuses, each with its words.

        Raises ConfigurationError where none of them is to blame, TimeoutError where HAProxy is slow to take it up: what
        was served before is still served then. Raises HaproxyError where HAProxy has ended.
        """
        self._folder.prepare()
        wanted = list(exposures)
        # Whoever was refused once is not tried with all the others again.
        self._refused = {each: said for each, said in self._refused.items() if each in wanted}
        configuration = self._written([each for each in wanted if each not in self._refused], own_certificate)
        if configuration.digest == self._digest:
            return self._refused
        try:
            await self._folder.replace(configuration)
        except ConfigurationError as error:
            await self._find_refused(wanted, own_certificate)
            configuration = self._written([each for each in wanted if each not in self._refused], own_certificate)
            logger.warning("haproxy refuses %d of %d: %s", len(self._refused), len(wanted), error)
            await self._folder.replace(configuration)
        await self.process.load(configuration.digest)
        self._digest = configuration.digest
        self._folder.clean(configuration)
        return self._refused

    async def _find_refused(self, exposures: list[Exposure], own_certificate: bytes) -> None:
        await self._folder.check(self._written([], own_certificate))  # else all would be blamed for the certificate
        for exposure in exposures:
            try:
                await self._folder.check(self._written([exposure], own_certificate))
            except ConfigurationError as error:
                self._refused[exposure] = str(error)
