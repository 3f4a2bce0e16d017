# SPDX-License-Identifier: MIT
"""
A proxy on the wire that understands PostgreSQL's message frames and makes one thing go wrong: at
the n-th message of one direction.  Threads and select, because a scenario should cost
milliseconds.
"""

import contextlib
import os
import select
import signal
import socket
import struct
import threading
import time
from dataclasses import dataclass

CANCEL, TLS, GSS = 80877102, 80877103, 80877104
SERVER_GOES_ON = 0.15  # how long the server's side stays open behind a runner that was killed
DELAY = 0.3
REFUSALS = 3
LAST_WORDS = 2  # how long a client is heard whose connection is closed

# What can happen at a message, and on which sides it makes sense.
KINDS = {
    "before": "the connection is lost before the other side got it",
    "after": "the other side got it, then the connection is lost",
    "half": "the other side got half of it, then the connection is lost",
    "reset": "the same as before, with a TCP reset",
    "refused": "lost before it, and the next connections are refused for a while",
    "delay": "it arrives late",
    "freeze": "nothing passes any more; SIGTERM after a while",
    "terminate": "pg_terminate_backend before the other side got it",
    "terminate-after": "pg_terminate_backend behind it",
    "cancel": "pg_cancel_backend as soon as the other side got it",
    "kill": "kill -9 of the runner before the other side got it",
    "kill-after": "the same behind it, and the server does not notice at once",
    "term": "SIGTERM to the runner",
}


@dataclass
class Fault:
    kind: str
    side: str  # who sent the message: client or server
    at: int  # which one, from 1


class Link:
    """One connection through the proxy."""

    def __init__(self, client, server):
        self.ends = {"client": client, "server": server}
        self.buffers = {"client": b"", "server": b""}
        self.started = False  # the client's startup packet has no type
        self.backend = None
        self.asked_for_lock = self.locked = False
        self.commits = self.answers = self.completed = 0
        self.in_block = False  # a transaction is open
        self.kept = []  # messages that wait for what the server says last
        self.frozen = self.dropped = False

    def frames(self, side, data):
        """The whole messages of this side, as far as they are there."""
        buffer = self.buffers[side] + data
        start = 0
        while True:
            typeless = side == "client" and not self.started
            head = 4 if typeless else 5
            if len(buffer) - start < head:
                break
            (length,) = struct.unpack_from("!i", buffer, start + head - 4)
            end = start + head - 4 + length
            if len(buffer) < end:
                break
            if typeless:
                (code,) = struct.unpack_from("!i", buffer, start + 4)
                self.started = code not in (TLS, GSS)
            frame, start = buffer[start:end], end
            yield frame
        self.buffers[side] = buffer[start:]

    def close(self, reset=False):
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.ends["client"].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        for end in self.ends.values():
            with contextlib.suppress(OSError):
                end.close()


WRITES = (b"INSERT", b"CREATE", b"UPDATE", b"DELETE", b"ALTER", b"COPY", b"VACUUM", b"DROP")


def statement(frame):
    """The SQL of a client's message: of Query or of Parse, else nothing."""
    if frame[:1] == b"Q":
        return frame[5:]
    if frame[:1] == b"P":
        return frame[frame.index(b"\0", 5) + 1 :]
    return b""


class Wire:
    """
    Wire(server) in front of a cluster; wire.port.  arm(fault) before a run, process= the runner's
    Popen as soon as there is one; disarm() behind it.  Then fired tells whether it happened, broken
    what the wire itself saw going wrong.
    """

    def __init__(self, cluster):
        self.cluster = cluster
        self.upstream = f"{cluster.folder}/.s.PGSQL.{cluster.port}"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.mutex = threading.RLock()
        self.links = set()
        self.admin = None
        self.arm(None)
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, database, secret="canary"):
        return (
            f"postgresql://postgres:{secret}@127.0.0.1:{self.port}/{database}"
            "?sslmode=disable&gssencmode=disable"
        )

    def arm(self, fault):
        with self.mutex:
            self.fault, self.fired, self.process = fault, False, None
            self.count = {"client": 0, "server": 0}
            self.types = {"client": [], "server": []}
            self.refusals = 0
            self.broken = []
            self.doubt = False

    def disarm(self):
        """Closes what is still open; nothing happens from now on."""
        with self.mutex:
            self.fault = None
            links = list(self.links)
        for link in links:
            self.drop(link)
        while self.links:  # another thread drops the last ones
            time.sleep(0.001)

    def stop(self):
        self.disarm()
        self.listener.shutdown(socket.SHUT_RDWR)  # else accept goes on with the next of its number
        self.listener.close()
        if self.admin is not None:
            self.admin.close()

    def ask(self, query, pid):
        """With a connection of its own that survives crashes of the server."""
        for _ in range(2):
            try:
                if self.admin is None:
                    self.admin = self.cluster.connect()
                return self.admin.execute(query, [pid]).fetchone()
            except Exception:  # whatever it was: once more with a new connection
                self.admin = None
        return None

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.mutex:
                refused = self.refusals > 0
                self.refusals -= refused
            if refused:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.upstream)
            except OSError:
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(client, server)
            with self.mutex:
                self.links.add(link)
            threading.Thread(target=self.serve, args=[link], daemon=True).start()

    def serve(self, link):
        ends = {link.ends["client"]: "client", link.ends["server"]: "server"}
        with contextlib.suppress(OSError, ValueError):
            while not link.frozen:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data or not self.forward(link, ends[end], data):
                        return self.drop(link)
            return  # frozen: the ends stay open until disarm()
        self.drop(link)

    def drop(self, link, reset=False):
        """
        The client may say more until it notices, COMMIT above all: what it says then is still heard.
        Behind a reset it is not, and any COMMIT that it was about to send is in doubt.
        """
        with self.mutex:
            if link.dropped:
                return
            link.dropped = True
        if not reset:
            self.hear_out(link)
        with self.mutex:
            self.links.discard(link)
            self.doubt = self.doubt or link.commits > link.answers or (reset and link.in_block)
        link.close(reset)

    def hear_out(self, link):
        client, server = link.ends["client"], link.ends["server"]
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, ValueError):
            client.shutdown(socket.SHUT_WR)
            end = time.monotonic() + LAST_WORDS
            while select.select([client], [], [], max(0, end - time.monotonic()))[0]:
                data = client.recv(1 << 16)
                if not data:
                    break
                for frame in link.frames("client", data):
                    self.watch(link, "client", frame)

    def is_due(self, side, kind):
        with self.mutex:
            self.count[side] += 1
            self.types[side].append(kind)
            fault = self.fault
            if fault is None or fault.side != side or self.count[side] != fault.at:
                return None
            self.fired = True
            return getattr(self, "do_" + fault.kind.replace("-", "_"))

    def forward(self, link, side, data):
        """Passes the messages on; False: the link is to be closed."""
        other = link.ends["server" if side == "client" else "client"]
        frames = list(link.frames(side, data))
        out = []
        if side == "client":  # as it sees it: sent
            for frame in frames:
                self.watch(link, side, frame)
        for frame in frames:
            action = self.is_due(side, frame[:1])
            if action is not None:
                other.sendall(b"".join(out))
                if not action(link, other, frame):
                    return False
                if link.frozen:
                    return True
                out = list(link.kept)
            else:
                out.append(frame)
            if side == "server":
                self.watch(link, side, frame)
        if link.kept and side == "server":
            link.kept = []
            out.append(link.ends["server"].recv(1 << 16))
        other.sendall(b"".join(out))
        return True

    def watch(self, link, side, frame):
        """No write before the run lock was granted; was a COMMIT left without its answer?"""
        kind = frame[:1]
        if side == "client" and link.started:
            sql = statement(frame)
            if b"pg_try_advisory_lock(" in sql:
                link.asked_for_lock = True
            elif sql.startswith(b"COMMIT"):
                link.commits += 1
            elif sql.startswith(WRITES) and not link.locked:
                self.broken.append(f"written before the run lock was granted: {sql[:60]!r}")
        elif side == "server":
            if kind == b"K":
                (link.backend,) = struct.unpack_from("!i", frame, 5)
            elif kind == b"D" and link.asked_for_lock:
                link.locked = link.locked or frame.endswith(b"\0\0\0\1t")
                link.asked_for_lock = False
            elif kind == b"C" and frame[5:] in (b"COMMIT\0", b"ROLLBACK\0"):
                link.completed += 1
            elif kind == b"Z":  # without it an answer is not one yet
                link.answers, link.in_block = link.completed, frame[5:] == b"T"

    # --- what goes wrong: True, when the link goes on ---

    def do_before(self, link, other, frame):
        return False

    def do_after(self, link, other, frame):
        other.sendall(frame)
        if other is link.ends["client"]:
            time.sleep(0.002)  # closing with unread data would be a reset
        return False

    def do_half(self, link, other, frame):
        other.sendall(frame[: max(1, len(frame) // 2)])
        return False

    def do_reset(self, link, other, frame):
        self.drop(link, reset=True)
        return False

    def do_refused(self, link, other, frame):
        with self.mutex:
            self.refusals = REFUSALS
        return False

    def do_delay(self, link, other, frame):
        time.sleep(DELAY)
        other.sendall(frame)
        return True

    def do_freeze(self, link, other, frame):
        link.frozen = True
        return True

    def terminate(self, link):
        if link.backend is not None:
            self.ask("SELECT pg_terminate_backend(%s, 5000)", link.backend)

    def do_terminate(self, link, other, frame):
        """What the server says last comes together with the message: the client is idle then."""
        self.terminate(link)
        if other is link.ends["client"]:
            link.kept = [frame]
            return True
        with contextlib.suppress(OSError):
            other.sendall(frame)
        return True

    def do_terminate_after(self, link, other, frame):
        other.sendall(frame)
        self.terminate(link)
        return True

    def do_cancel(self, link, other, frame):
        other.sendall(frame)
        if link.backend is not None:
            self.ask("SELECT pg_cancel_backend(%s)", link.backend)
        return True

    def kill(self, number):
        while self.process is None:
            time.sleep(0.0005)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def do_kill(self, link, other, frame):
        self.kill(signal.SIGKILL)
        return False

    def do_kill_after(self, link, other, frame):
        self.kill(signal.SIGKILL)
        with contextlib.suppress(OSError):
            other.sendall(frame)
        time.sleep(SERVER_GOES_ON)
        return False

    def do_term(self, link, other, frame):
        self.kill(signal.SIGTERM)
        other.sendall(frame)
        return True
