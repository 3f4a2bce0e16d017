# SPDX-License-Identifier: MIT
"""PgBouncer before a test server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"


class PgBouncer:
    """PgBouncer(cluster, {"pool_mode": "transaction"}); url(db) leads through it."""

    def __init__(self, cluster, settings):
        self.folder = Path(tempfile.mkdtemp(prefix="migrate-pool.", dir="/tmp"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        users = self.folder / "users"
        users.write_text('"postgres" "postgres"\n')
        lines = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": self.folder,
            "auth_type": "any",
            "auth_file": users,
            "logfile": self.folder / "log",
            "ignore_startup_parameters": "extra_float_digits",
            **settings,
        }
        target = f"host={cluster.folder} port={cluster.port} user=postgres"
        text = f"[databases]\n* = {target}\n[pgbouncer]\n"
        text += "".join(f"{name} = {value}\n" for name, value in lines.items())
        (self.folder / "pgbouncer.ini").write_text(text)
        drop = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            drop = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        # It must not outlive us, however we end.
        self.process = subprocess.Popen(
            ["setpriv", *drop, "--pdeathsig=KILL", PROGRAM, str(self.folder / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()

    def wait(self):
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"PgBouncer does not start: {(self.folder / 'log').read_text()}")

    def url(self, db):
        return db.url_for(host="127.0.0.1", port=self.port) + "&gssencmode=disable&sslmode=disable"

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)
