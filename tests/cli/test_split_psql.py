# SPDX-License-Identifier: MIT
"""On every file of tests/data/sql psql sends the statements and the data that we cut.

psql talks to a server made of a few lines that says yes to everything and writes down what it
got, so that nothing in the files needs to be true, or harmless.
"""

import json
import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests/data/sql").glob("*.sql"))
PRINT_CUTS = Path(os.environ.get("BUILD", "build"), "tests/print_cuts")
UNFIT = b"-- not for psql"

COMMENT = re.compile(r"--[^\r\n]*")
QUOTED = re.compile(r"--[^\r\n]*|/\*.*?\*/|'[^']*'|\"[^\"]*\"", re.S)
COPY_IN = re.compile(r"\s*copy\b[^;]*\sfrom\s+stdin\b", re.I)
SETTING = re.compile(
    r"(set\s+((session|local)\s+)?|(reset)\s+)standard_conforming_strings\s*(=|to)?\s*'?(\w*)",
    re.I,
)


def skip_comments(text):
    """Drops white space and comments at the beginning, nested ones too."""
    while True:
        text = text.lstrip()
        if text.startswith("--"):
            text = text[COMMENT.match(text).end() :]
        elif text.startswith("/*"):
            depth, at = 1, 2
            while depth > 0:
                found = re.compile(r"/\*|\*/").search(text, at)
                depth += 1 if found.group() == "/*" else -1
                at = found.end()
            text = text[at:]
        else:
            return text


def normal(text):
    """psql sends the semicolon, block comments in front, empty statements, but no blank lines."""
    return without_blank_lines(skip_comments(text).rstrip().removesuffix(";").rstrip())


def without_blank_lines(text):
    return re.sub(r"\n\n+", "\n", text)


class YesServer:
    """Takes one connection and notes what comes."""

    def __init__(self, folder):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{folder}/.s.PGSQL.5432")
        self.listener.listen(1)
        self.items = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def send(self, *messages):
        for kind, body in messages:
            self.stream.write(kind + struct.pack("!i", len(body) + 4) + body)
        self.stream.flush()

    def receive(self, kind=True):
        head = self.stream.read(5 if kind else 4)
        if len(head) < 4:
            return b"X", b""
        (length,) = struct.unpack("!i", head[-4:])
        return head[:-4], self.stream.read(length - 4)

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as self.stream:
            self.receive(kind=False)
            ready = (b"Z", b"I")
            self.send(
                (b"R", struct.pack("!i", 0)),
                (b"S", b"server_version\x0015.0\x00"),
                (b"S", b"client_encoding\x00UTF8\x00"),
                (b"S", b"standard_conforming_strings\x00on\x00"),
                ready,
            )
            while (message := self.receive())[0] == b"Q":
                text = message[1][:-1].decode()
                self.note("statement", normal(text))
                if COPY_IN.match(QUOTED.sub(" ", text)):
                    self.take_data()
                self.send(*self.setting(skip_comments(text)), (b"C", b"OK\x00"), ready)

    def note(self, kind, text):
        if text:
            self.items.append((kind, text))

    def take_data(self):
        self.send((b"G", b"\x00\x00\x00"))
        data = b""
        while (message := self.receive())[0] == b"d":
            data += message[1]
        assert message[0] == b"c", message
        # psql sends the line that ends them, too.
        self.note("data", data.decode().removesuffix("\\.\n").removesuffix("\\.\r\n"))

    def setting(self, text):
        """psql looks at standard_conforming_strings as the server reports it."""
        found = SETTING.match(text)
        if not found:
            return []
        on = found[4] or found[6] in ("on", "1", "true")
        return [(b"S", b"standard_conforming_strings\x00" + (b"on\x00" if on else b"off\x00"))]


def psql_sends(path):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        server = YesServer(folder)
        psql = subprocess.run(
            ["psql", "-X", "-q", "-h", folder, "-p", "5432", "-U", "x", "-d", "x", "-f", path],
            capture_output=True,
            text=True,
            timeout=60,
        )
        server.thread.join(timeout=60)
        server.listener.close()
    return server.items + [("error", psql.stderr)] * bool(psql.stderr)


def we_cut(path):
    cuts = subprocess.run([PRINT_CUTS, path], capture_output=True, text=True, timeout=60)
    assert (cuts.returncode, cuts.stderr) == (0, ""), cuts.stderr
    items = []
    for item in json.loads(cuts.stdout):
        if item["kind"] == "statement":
            items.append(("statement", without_blank_lines(item["text"])))
        elif item["kind"] == "data" and items[-1][0] == "data":
            items[-1] = ("data", items[-1][1] + item["text"])
        elif item["kind"] == "data":
            items.append(("data", item["text"]))
    return items


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_psql_sends_what_we_cut(path):
    if path.read_bytes().startswith(UNFIT):
        assert we_cut(path) != psql_sends(path), "the file's first line says that they differ"
    else:
        assert we_cut(path) == psql_sends(path)


def test_the_collection_is_broad():
    assert len(FILES) > 30
