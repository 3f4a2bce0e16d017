# SPDX-License-Identifier: MIT
"""
A proxy on the wire between the program and the server.  It keeps every message, counts how often
the client waits for the server, delays both directions, and can cut a connection at a message.
"""

import asyncio
import struct
import threading
from dataclasses import dataclass

CANCEL, TLS, GSS = 80877102, 80877103, 80877104


@dataclass
class Message:
    client: bool  # sent by the client
    type: str  # "Q", "P", ...; "" for the startup packet
    body: bytes
    burst: int  # of the client's messages: how often the client had waited before, from 1


class Connection:
    """
    messages in the order seen.  bursts: the client sent something, and was silent until an answer
    came.  With a delay above the server's own time this is the number of its waits.
    """

    def __init__(self):
        self.messages = []
        self.bursts = 0
        self.answered = True

    def sent(self, kind, body):
        if self.answered and kind != "X":  # nobody answers a Terminate
            self.bursts += 1
            self.answered = False
        self.messages.append(Message(True, kind, body, self.bursts))

    def frontend(self, text):
        """The client's messages that hold this text (a statement's, mostly)."""
        wanted = text.encode()
        return [m for m in self.messages if m.client and wanted in m.body]


class Proxy:
    """
    Proxy(folder, port, delay=0.02) before the server whose socket is there.  cut is called as
    cut(connection, message) for each message before it goes on; it returns "before" to close both
    ends instead, "after" to send it on and then close both, or None.  backend_pid is told to the
    client in place of the real one, as a pooler does; so is server_version ("12.22").
    """

    def __init__(
        self, folder, port, delay=0.0, cut=None, backend_pid=None, server_version=None
    ):
        self.upstream = f"{folder}/.s.PGSQL.{port}"
        self.delay, self.cut, self.backend_pid = delay, cut, backend_pid
        self.server_version = server_version
        self.connections = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self.call(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]

    def call(self, task):
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(10)

    def url(self, db, user="postgres"):
        # The server sees a local connection, so no password is asked for.
        return db.url_for(user=user, host="127.0.0.1", port=self.port) + (
            "&sslmode=disable&gssencmode=disable"
        )

    def stop(self):
        async def close():
            self.server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.call(close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def serve(self, reader, writer):
        upstream_reader, upstream_writer = await asyncio.open_unix_connection(self.upstream)
        connection = Connection()
        tasks = [
            asyncio.ensure_future(self.from_client(connection, reader, upstream_writer)),
            asyncio.ensure_future(self.from_server(connection, upstream_reader, writer)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for end in (writer, upstream_writer):
                end.close()

    async def from_client(self, connection, reader, writer):
        line = Line(writer, self.delay)
        while True:  # startup packets have no type
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            body = await reader.readexactly(length - 4)
            await line.send(struct.pack("!i", length) + body)
            (code,) = struct.unpack("!i", body[:4])
            if code not in (TLS, GSS):
                break
        if code != CANCEL:
            self.connections.append(connection)
        connection.sent("", body)
        await self.pass_on(connection, reader, line, client=True)

    async def from_server(self, connection, reader, writer):
        def arrived():
            connection.answered = True

        await self.pass_on(connection, reader, Line(writer, self.delay, arrived), client=False)

    async def pass_on(self, connection, reader, line, client):
        """Message by message, until one end closes."""
        try:
            while True:
                head = await reader.readexactly(5)
                kind = chr(head[0])
                body = await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)
                if client:
                    connection.sent(kind, body)
                else:
                    connection.messages.append(Message(False, kind, body, connection.bursts))
                    if kind == "K" and self.backend_pid is not None:
                        body = struct.pack("!i", self.backend_pid) + body[4:]
                    if kind == "S" and self.server_version and body.startswith(b"server_version\0"):
                        body = b"server_version\0" + self.server_version.encode() + b"\0"
                        head = b"S" + struct.pack("!i", len(body) + 4)
                cut = self.cut and self.cut(connection, connection.messages[-1])
                if cut == "before":
                    return
                await line.send(head + body)
                if cut == "after":
                    await line.drained()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            await line.drained()
        finally:
            line.task.cancel()


class Line:
    """One direction: bytes leave as they came, each delayed by the same time."""

    def __init__(self, writer, delay, arrived=None):
        self.writer, self.delay, self.arrived = writer, delay, arrived
        self.queue = asyncio.Queue()
        self.task = asyncio.ensure_future(self.run())

    async def send(self, data):
        await self.queue.put((asyncio.get_running_loop().time() + self.delay, data))

    async def run(self):
        clock = asyncio.get_running_loop().time
        while True:
            due, data = await self.queue.get()
            if due > clock():
                await asyncio.sleep(due - clock())
            self.writer.write(data)
            if self.arrived:
                self.arrived()
            self.queue.task_done()

    async def drained(self):
        await self.queue.join()
