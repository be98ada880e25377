"""TLS over a connection that need not be to the host it is for, such as one that is forwarded."""

import socket
import ssl
from contextlib import closing


def handshake(context: ssl.SSLContext, connection: socket.socket, name: str) -> str | None:
    """The protocol that both sides agree on, once the certificate is found good for `name`."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with closing(connection):
        while True:
            try:
                tls.do_handshake()
                return tls.version()
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                answer = connection.recv(65536)
                assert answer, "the listener ended the connection"
                incoming.write(answer)
