"""The lab that the clients are tried in: a file of JSON, named by CATDOG_CLIENTS_LAB.

All keys are optional; a case that wants one which is not there is skipped and says so.

    plain, tls, certificate, password   bootstrap address of a listener: plain; TLS without a login; TLS for those with
                                        a client certificate; TLS for users with passwords (SCRAM-SHA-512)
    wrong_name                          another address of the listener `tls`, which its certificate does not name
    ca_file, stranger_ca_file           the brokers' CA, another one
    cert_file, key_file, user, password_file             of a client that may write `topic`
    stranger_cert_file, stranger_key_file                of one that the brokers do not trust
    topic, missing_topic, hidden_topic, readable_topic   whoever comes may read and write it; describe it, but it does
                                        not exist; not see it; see but not write it
"""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "CATDOG_CLIENTS_LAB"


def read_lab() -> dict[str, str]:
    """What CATDOG_CLIENTS_LAB describes; nothing where it is not set."""
    named = os.environ.get(VARIABLE)
    return json.loads(Path(named).read_text()) if named else {}
