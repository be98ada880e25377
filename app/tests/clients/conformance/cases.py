"""The table: how a client is called, how it ends, what it says, and how many records are acknowledged.

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
CERTIFICATE = TLS | {"cert_file": "{cert_file}", "key_file": "{key_file}"}
PASSWORD = TLS | {"user": "{user}", "password_file": "{password_file}"}
STRANGER = TLS | {"cert_file": "{stranger_cert_file}", "key_file": "{stranger_key_file}"}
SOON = {"timeout": "2"}
NOTHING = "acknowledged 0 of 1, 0 bytes, in topic"

SENT = [
    Case("plain", "{plain}", 0, ("acknowledged 1 of 1",), 1, flags=PLAIN),
    Case("tls", "{tls}", 0, ("acknowledged 1 of 1",), 1, flags=TLS),
    Case(
        "any certificate of a broker",
        "{wrong_name}",
        0,
        ("acknowledged 1 of 1",),
        1,
        flags={
            "use_tls": True,
            "skip_tls_verify": True,
            "topic": "{topic}",
        },
    ),
    Case("client certificate", "{certificate}", 0, ("acknowledged 1 of 1",), 1, flags=CERTIFICATE),
    Case("password from a file", "{password}", 0, ("acknowledged 1 of 1",), 1, flags=PASSWORD),
    Case(
        "password from the environment",
        "{password}",
        0,
        ("acknowledged 1 of 1",),
        1,
        flags=TLS | {"user": "{user}"},
        environment={"KAFKA_PASSWORD": "{password_itself}"},
    ),
    Case("several", "{tls}", 0, ("acknowledged 2 of 2",), 2, ("{cat}", "{cat}"), TLS),
    Case(
        "a folder",
        "{tls}",
        0,
        ("1 of 4 files in {folder} are no pictures", "acknowledged 3 of 3"),
        3,
        ("{folder}",),
        TLS,
    ),
    Case("no picture", "{tls}", 0, ("warning: {text} is no picture", "acknowledged 1 of 1"), 1, ("{text}",), TLS),
    Case(
        "headers",
        "{tls}",
        0,
        ("acknowledged 1 of 1",),
        1,
        flags=TLS | {"content_type": "image/x-cat", "correlation_id": "mine", "sent_by": "a test"},
    ),
    Case("the largest picture", "{tls}", 0, ("acknowledged 1 of 1, 10481664 bytes",), 1, ("{largest}",), TLS),
    Case(
        "a broker that does not answer beside one that does",
        "{nobody},{tls}",
        0,
        ("acknowledged 1 of 1",),
        1,
        flags=TLS,
    ),
]
CONNECTIONS = [
    Case("nothing listens", "{nobody}", 1, ("no broker of {nobody} answers", "nothing listens there"), flags=SOON),
    Case("no answer", "{silent}", 1, ("no broker of {silent} answers within 2 s",), flags=SOON),
    Case(
        "no answer to a TLS handshake",
        "{silent}",
        1,
        ("no broker of {silent} answers within 2 s",),
        flags=SOON | {"use_tls": True},
    ),
    Case(
        "unknown host",
        "no-such-host.invalid:9092",
        1,
        ("no broker of no-such-host.invalid:9092 answers", "the host's name is unknown here"),
        flags=SOON,
    ),
    Case(
        "plain against TLS", "{tls}", 1, ("no broker of {tls} answers", "the broker talks TLS here"), flags=PLAIN | SOON
    ),
    Case(
        "TLS against plain",
        "{plain}",
        1,
        ("no broker of {plain} answers", "the broker talks no TLS here"),
        flags=TLS | SOON,
    ),
    Case(
        "wrong CA",
        "{tls}",
        1,
        ("no broker of {tls} answers", "not of a CA that is trusted here"),
        flags=TLS | SOON | {"ca_file": "{stranger_ca_file}"},
    ),
    Case(
        "name not in the certificate",
        "{wrong_name}",
        1,
        ("no broker of {wrong_name} answers", "the broker's certificate does not name this host"),
        flags=TLS | SOON,
    ),
    Case("no client certificate", "{certificate}", 1, ("the broker wants a client certificate",), flags=TLS | SOON),
    Case(
        "a stranger's certificate",
        "{certificate}",
        1,
        ("the broker does not trust the certificate {stranger_cert_file}",),
        flags=STRANGER | SOON,
    ),
    Case("no password", "{password}", 1, ("it wants a login",), flags=TLS | SOON),
    Case(
        "wrong password",
        "{password}",
        1,
        ("the broker does not know user {user} by this password",),
        flags=TLS | SOON | {"user": "{user}"},
        environment={"KAFKA_PASSWORD": "wrong"},
    ),
    Case("a password where none is taken", "{tls}", 1, ("the broker takes no passwords here",), flags=PASSWORD | SOON),
]
TOPICS = [
    Case(
        "unknown topic",
        "{tls}",
        1,
        ("topic {missing_topic} at {tls} does not exist: create it first",),
        flags=TLS | {"topic": "{missing_topic}"},
    ),
    Case(
        "no name for a topic",
        "{tls}",
        1,
        ("topic {topic} and more at {tls} is no name that Kafka allows",),
        flags=TLS | {"topic": "{topic} and more"},
    ),
    Case(
        "hidden topic",
        "{tls}",
        1,
        ("topic {hidden_topic} at {tls} may not be seen by this client (without a login)",),
        flags=TLS | {"topic": "{hidden_topic}"},
    ),
    Case(
        "not authorized, by certificate",
        "{certificate}",
        1,
        ("may not be written by this client (by the certificate {cert_file})", NOTHING),
        flags=CERTIFICATE | {"topic": "{readable_topic}"},
    ),
    Case(
        "not authorized, by password",
        "{password}",
        1,
        ("topic {readable_topic} at {password} may not be written by this client (user {user})", NOTHING),
        flags=PASSWORD | {"topic": "{readable_topic}"},
    ),
]
FILES = [
    Case("no such file", "{nobody}", 1, ("{absent} is no file and no folder",), files=("{cat}", "{absent}")),
    Case("empty file", "{nobody}", 1, ("{empty} is empty: there is nothing to send",), files=("{empty}",)),
    Case(
        "too large", "{nobody}", 1, ("{large} has 10481665 bytes, more than the 10481664",), files=("{cat}", "{large}")
    ),
    Case("a folder without pictures", "{nobody}", 1, ("{bare} holds no picture",), files=("{bare}",)),
    Case("no CA file", "{nobody}", 1, ("ca-file {absent} is no file",), flags={"use_tls": True, "ca_file": "{absent}"}),
    Case(
        "a CA file without certificate",
        "{nobody}",
        1,
        ("ca-file {text} holds no certificate",),
        flags={"use_tls": True, "ca_file": "{text}"},
    ),
    Case(
        "no certificate file",
        "{nobody}",
        1,
        ("cert-file {absent} is no file",),
        flags={"use_tls": True, "cert_file": "{absent}", "key_file": "{absent}"},
    ),
    Case(
        "a certificate that is none",
        "{nobody}",
        1,
        ("cert-file {text}", "hold no certificate and key in PEM format"),
        flags={"use_tls": True, "cert_file": "{text}", "key_file": "{text}"},
    ),
    Case(
        "no password file",
        "{nobody}",
        1,
        ("password-file {absent} cannot be read",),
        flags={"user": "anna", "password_file": "{absent}"},
    ),
    Case(
        "an empty password file",
        "{nobody}",
        1,
        ("password-file {empty} is empty",),
        flags={"user": "anna", "password_file": "{empty}"},
    ),
]
USAGE = [
    Case("no brokers", " , ", 2, ("brokers names no broker",)),
    Case("a broker without port", "host", 2, ("brokers has 'host': give host:port",)),
    Case("no file", "{nobody}", 2, ("file",), files=()),
    Case("an unknown flag", "{nobody}", 2, ("purr",), flags={"purr": True}),
    Case("no time", "{nobody}", 2, ("timeout 0: give more than 0 seconds",), flags={"timeout": "0"}),
    Case("TLS's flags without TLS", "{nobody}", 2, ("are for TLS: add",), flags={"ca_file": "{cat}"}),
    Case(
        "a certificate without key", "{nobody}", 2, ("belong together",), flags={"use_tls": True, "cert_file": "{cat}"}
    ),
    Case("a user without password", "{nobody}", 2, ("user anna has no password: give",), flags={"user": "anna"}),
    Case(
        "a password without user",
        "{nobody}",
        2,
        ("password-file is for a user: add",),
        flags={"password_file": "{text}"},
    ),
    Case(
        "too many correlation ids",
        "{nobody}",
        2,
        ("1 correlation ids for 2 files",),
        files=("{cat}", "{cat}"),
        flags={"correlation_id": "mine"},
    ),
]
CASES = SENT + CONNECTIONS + TOPICS + FILES + USAGE
