# SPDX-License-Identifier: MIT
"""A server that says what it is told to say, whatever it is asked."""

import random
import socket
import struct
import threading

def frame(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def fields(*pairs):
    """Of an ErrorResponse or a NoticeResponse: fields(("S", "ERROR"), ("M", "text"))."""
    text = b"".join(
        name.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\0"
        for name, value in pairs
    )
    return text + b"\0"


def row(*values):
    """A DataRow; None is NULL."""
    body = struct.pack("!h", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return frame(b"D", body)


def frames_of(data):
    frames = []
    while data:
        (length,) = struct.unpack_from("!i", data, 1)
        frames.append(data[: length + 1])
        data = data[length + 1 :]
    return frames


def row_values(data_row):
    (count,) = struct.unpack_from("!h", data_row, 5)
    at, values = 7, []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", data_row, at)
        values.append(None if length < 0 else data_row[at + 4 : at + 4 + length])
        at += 4 + max(length, 0)
    return values


def spoil(frames, seed):
    """The same frames with one to five things wrong."""
    chance = random.Random(seed)
    frames = list(frames)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(frames))
        old = frames[at]
        bit = bytearray(old)
        bit[chance.randrange(len(bit))] = chance.randrange(256)
        noise = frame(bytes([chance.randrange(256)]), chance.randbytes(chance.randrange(60)))
        length = chance.choice([0, 3, 5, 100, 2**30, -1])
        frames[at : at + 1] = chance.choice(
            [
                [bytes(bit)],
                [],
                [old, old],
                [noise, old],
                [noise],
                [old[: chance.randrange(len(old))]],
                [old[:1] + struct.pack("!i", length) + old[5:]],
                [frame(b"N", fields(("S", "WARNING"), ("M", chance.randbytes(40)))), old],
                [frame(b"E", fields(("S", "ERROR"), ("C", "XX000"), ("M", "no\x1b[2J"))), old],
                [frame(b"E", fields(("M", ""))), old],
                [frame(chance.choice([b"G", b"H", b"W"]), b"\0\0\0"), old],
                [row(None, b"x"), old],
                [row(*[None] * 20) if old[:1] == b"D" else old],
                frames[chance.randrange(len(frames)) :][:5],
            ]
        )
    return b"".join(frames)


class HostileServer:
    """
    HostileServer(data); .url.  The first connection gets data, up to the next ReadyForQuery for
    each of its questions, and then the end; all others are refused.
    """

    def __init__(self, data):
        self.data = data
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"postgresql://u:S3cret@127.0.0.1:{self.port}/d?sslmode=disable"
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        first = True
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.settimeout(0.2)
            try:
                self.answer(client) if first else self.refuse(client)
            except OSError:
                pass
            client.close()
            first = False

    def refuse(self, client):
        client.settimeout(10)  # closed without a word it would be tried again
        client.recv(10000)
        client.sendall(frame(b"E", fields(("S", "FATAL"), ("C", "28000"), ("M", "no more"))))

    def answer(self, client):
        heard, typeless = b"", True
        while self.data:
            try:
                heard += client.recv(100000) or self.hang_up()
            except TimeoutError:
                self.say(client)  # both wait
            while len(heard) >= 5:
                kind = b"S" if typeless else heard[:1]
                (length,) = struct.unpack_from("!i", heard, 0 if typeless else 1)
                if len(heard) < length + (0 if typeless else 1):
                    break
                heard = heard[length + (0 if typeless else 1) :]
                typeless = False
                if kind in b"QSp":
                    self.say(client)

    def hang_up(self):
        raise ConnectionError

    def say(self, client):
        piece = self.piece()
        self.data = self.data[len(piece) :]
        client.settimeout(30)
        client.sendall(piece)
        client.settimeout(0.2)

    def piece(self):
        at = 0
        while len(self.data) - at >= 5:
            (length,) = struct.unpack_from("!i", self.data, at + 1)
            if not 4 <= length <= len(self.data) - at:
                break
            at += length + 1
            if self.data[at - length - 1 : at - length] == b"Z":
                return self.data[:at]
        return self.data

    def stop(self):
        """Wakes accept before the number of its socket can be another one's."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
