"""The table: how a client is called, how it ends, what it says, and how many records are acknowledged.

What the cases of a kind have in common stands in the function that makes them, a row says the rest.

Words in braces are keys of the lab (`lab.py`) or of what the tests make: {nobody} and {silent}, addresses at which
nothing listens, or never answers; {cat}, {empty}, {largest}, {large} and {absent}, files by what is in them; {text}, no
picture; {folder} with three pictures and a text; {bare} without a picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One call. brokers, files and values of flags may hold words in braces, and so may what is said."""

    name: str
    brokers: str
    code: int
    says: tuple[str, ...]
    acknowledged: int = 0
    files: tuple[str, ...] = ("{cat}",)
    flags: dict[str, str | bool] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


TLS = {"use_tls": True, "ca_file": "{ca_file}", "topic": "{topic}"}
PLAIN = {"topic": "{topic}"}
ANY_CERTIFICATE = {"use_tls": True, "skip_tls_verify": True, "topic": "{topic}"}
CERTIFICATE = TLS | {"cert_file": "{cert_file}", "key_file": "{key_file}"}
STRANGER = TLS | {"cert_file": "{stranger_cert_file}", "key_file": "{stranger_key_file}"}
USER = TLS | {"user": "{user}"}
PASSWORD = USER | {"password_file": "{password_file}"}
HEADERS = TLS | {"content_type": "image/x-cat", "correlation_id": "mine", "sent_by": "a test"}


def sent(name: str, brokers: str = "{tls}", flags: dict = TLS, says: tuple[str, ...] = (), **given) -> Case:
    """All is acknowledged, which the last line says."""
    return Case(name, brokers, 0, says, **{"acknowledged": 1} | given, flags=flags)


def unreached(name: str, brokers: str, why: str, flags: dict | None = None, **environment: str) -> Case:
    """No broker can be talked to, which is told in time."""
    soon = (flags or {}) | {"timeout": "2"}
    return Case(name, brokers, 1, (f"no broker of {brokers} answers", why), flags=soon, environment=environment)


def kept_out(name: str, brokers: str, flags: dict, topic: str, why: str, *more: str) -> Case:
    """Brokers answer, and the topic is not for us."""
    return Case(name, brokers, 1, (f"topic {topic} at {brokers} {why}", *more), flags=flags | {"topic": topic})


def unfit(name: str, *says: str, files: tuple[str, ...] = ("{cat}",), **flags: str | bool) -> Case:
    """A file cannot be used: no broker is asked."""
    return Case(name, "{nobody}", 1, says, files=files, flags=flags)


def misused(name: str, says: str, brokers: str = "{nobody}", files: tuple[str, ...] = ("{cat}",), **flags) -> Case:
    """The command line is wrong."""
    return Case(name, brokers, 2, (says,), files=files, flags=flags)


SENT = [
    sent("plain", "{plain}", PLAIN),
    sent("tls"),
    sent("any certificate of a broker", "{wrong_name}", ANY_CERTIFICATE),
    sent("client certificate", "{certificate}", CERTIFICATE),
    sent("password from a file", "{password}", PASSWORD),
    sent("password from the environment", "{password}", USER, environment={"KAFKA_PASSWORD": "{password_itself}"}),
    sent("a broker that does not answer beside one that does", "{nobody},{tls}"),
    sent("headers", flags=HEADERS),
    sent("several", files=("{cat}", "{cat}"), acknowledged=2),
    sent("a folder", says=("1 of 4 files in {folder} are no pictures",), files=("{folder}",), acknowledged=3),
    sent("no picture", says=("warning: {text} is no picture",), files=("{text}",)),
    sent("the largest picture", says=("acknowledged 1 of 1, 10481664 bytes",), files=("{largest}",)),
]
CONNECTIONS = [
    unreached("nothing listens", "{nobody}", "nothing listens there"),
    unreached("no answer", "{silent}", "answers within 2 s"),
    unreached("no answer to a TLS handshake", "{silent}", "answers within 2 s", {"use_tls": True}),
    unreached("unknown host", "no-such-host.invalid:9092", "the host's name is unknown here"),
    unreached("plain against TLS", "{tls}", "the broker talks TLS here", PLAIN),
    unreached("TLS against plain", "{plain}", "the broker talks no TLS here", TLS),
    unreached("wrong CA", "{tls}", "not of a CA that is trusted here", TLS | {"ca_file": "{stranger_ca_file}"}),
    unreached("name not in the certificate", "{wrong_name}", "the broker's certificate does not name this host", TLS),
    unreached("no client certificate", "{certificate}", "the broker wants a client certificate", TLS),
    unreached(
        "a stranger's certificate",
        "{certificate}",
        "the broker does not trust the certificate {stranger_cert_file}",
        STRANGER,
    ),
    unreached("no password", "{password}", "it wants a login", TLS),
    unreached(
        "wrong password",
        "{password}",
        "the broker does not know user {user} by this password",
        USER,
        KAFKA_PASSWORD="wrong",
    ),
    unreached("a password where none is taken", "{tls}", "the broker takes no passwords here", PASSWORD),
]
NO_RIGHT = "may not be written by this client"
NOTHING = ("{cat} is not acknowledged: ", "acknowledged 0 of 1, 0 bytes, in topic")
TOPICS = [
    kept_out("unknown topic", "{tls}", TLS, "{missing_topic}", "does not exist: create it first"),
    kept_out("no name for a topic", "{tls}", TLS, "{topic} and more", "is no name that Kafka allows"),
    kept_out("hidden topic", "{tls}", TLS, "{hidden_topic}", "may not be seen by this client (without a login)"),
    kept_out(
        "not authorized, by certificate",
        "{certificate}",
        CERTIFICATE,
        "{readable_topic}",
        NO_RIGHT + " (by the certificate {cert_file})",
        *NOTHING,
    ),
    kept_out(
        "not authorized, by password", "{password}", PASSWORD, "{readable_topic}", NO_RIGHT + " (user {user})", *NOTHING
    ),
]
ABSENT_CERTIFICATE = {"use_tls": True, "cert_file": "{absent}", "key_file": "{absent}"}
NO_CERTIFICATE = {"use_tls": True, "cert_file": "{text}", "key_file": "{text}"}
FILES = [
    unfit("no such file", "{absent} is no file and no folder", files=("{cat}", "{absent}")),
    unfit("empty file", "{empty} is empty: there is nothing to send", files=("{empty}",)),
    unfit("too large", "{large} has 10481665 bytes, more than the 10481664", files=("{cat}", "{large}")),
    unfit("a folder without pictures", "{bare} holds no picture", files=("{bare}",)),
    unfit("no CA file", "ca-file {absent} is no file", use_tls=True, ca_file="{absent}"),
    unfit("a CA file without certificate", "ca-file {text} holds no certificate", use_tls=True, ca_file="{text}"),
    unfit("no certificate file", "cert-file {absent} is no file", **ABSENT_CERTIFICATE),
    unfit(
        "a certificate that is none", "cert-file {text}", "hold no certificate and key in PEM format", **NO_CERTIFICATE
    ),
    unfit("no password file", "password-file {absent} cannot be read", user="anna", password_file="{absent}"),
    unfit("an empty password file", "password-file {empty} is empty", user="anna", password_file="{empty}"),
]
USAGE = [
    misused("no brokers", "brokers names no broker", " , "),
    misused("a broker without port", "brokers has 'host': give host:port", "host"),
    misused("no file", "file", files=()),
    misused("an unknown flag", "purr", purr=True),
    misused("no time", "timeout 0: give more than 0 seconds", timeout="0"),
    misused("TLS's flags without TLS", "are for TLS: add", ca_file="{cat}"),
    misused("a certificate without key", "belong together", use_tls=True, cert_file="{cat}"),
    misused("a user without password", "user anna has no password: give", user="anna"),
    misused("a password without user", "password-file is for a user: add", password_file="{text}"),
    misused(
        "too many correlation ids", "1 correlation ids for 2 files", files=("{cat}", "{cat}"), correlation_id="mine"
    ),
]
CASES = SENT + CONNECTIONS + TOPICS + FILES + USAGE
