"""Errors of catdog: one tree; each message names what was wrong and what to do."""


class CatdogError(Exception):
    """What the command line ends on with one line and this exit code, without a traceback."""

    exit_code = 2


class InputError(CatdogError, ValueError):
    """An argument or setting is out of its bounds."""


class PictureError(CatdogError):
    """Bytes that are no picture, or one that cannot be used."""


class DataError(CatdogError):
    """A folder of pictures that cannot be used."""


class OutputError(CatdogError):
    """A file or folder that cannot be written."""


class ArchiveError(CatdogError):
    """An archive that is damaged, unsafe or not the one that was asked for."""


class ModelError(CatdogError):
    """A model that is not there, or does not fit."""


class KafkaError(CatdogError):
    """Kafka cannot be reached, refuses, or does not have what was asked for."""


class NotAuthorizedError(KafkaError):
    """Kafka answers, and says no: another exit code than where it does not answer or nothing came."""

    exit_code = 1


class DownloadError(CatdogError):
    """What lies at an address on the web cannot be had."""


class UnreachableError(DownloadError):
    """No server answered: there may be no way to the internet."""


class StorageError(CatdogError):
    """Object storage cannot be reached, refuses, or does not have what was asked for."""


class StorageDeniedError(StorageError):
    """Object storage answers, and says no."""

    exit_code = 1
