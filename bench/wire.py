# SPDX-License-Identifier: MIT
"""What the tools say to the server, seen by a proxy in between."""
import contextlib

from harness import tcp_url
from proxy import Proxy

DELAY = 0.01  # above the server's own time, so that each wait is told from the next


@contextlib.contextmanager
def proxy_before(cluster, delay):
    proxy = Proxy(cluster.folder, cluster.port, delay=delay)
    try:
        yield proxy
    finally:
        proxy.stop()


def waits(cluster, tool, folder, db):
    """How often a run waits for the server, once it is connected."""
    with proxy_before(cluster, DELAY) as proxy:
        tool.run(folder, tcp_url(db, proxy.port))
        return sum(c.bursts - connecting(c) for c in proxy.connections)


def connecting(connection):
    """The waits until the server says for the first time that it is ready."""
    ready = [m.burst for m in connection.messages if not m.client and m.type == "Z"]
    return ready[0] if ready else connection.bursts
