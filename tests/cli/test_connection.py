# SPDX-License-Identifier: MIT
"""
On the way to the server: what is said of each reason why it cannot be had, which of them are waited
for, several hosts, and time limits.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from test_container import permitted

OK = {"V1__a.sql": "CREATE TABLE fine (id int);"}


@pytest.fixture
def server(make_cluster):
    """One that may be stopped."""
    return make_cluster(log_disconnections="off")


@pytest.fixture
def refused(make_runner):
    """Runs up, which must end at once with that status, having said these words and a way on."""

    def check(url, *words, exit=5, env=None, args=("--wait", "60s")):
        started = time.monotonic()
        run = make_runner(url).start("up", *args, files=OK, env=env).wait()
        took = time.monotonic() - started
        assert run.exit == exit and took < 20, (took, run)
        for word in (*words, "\nNEXT:  "):
            assert word in run.stderr, run
        return run

    return check


def hosts(db, *places, **options):
    """A keyword string for several (host, port)."""
    words = {
        "host": ",".join(str(host) for host, _ in places),
        "port": ",".join(str(port) for _, port in places),
        "dbname": db.name if hasattr(db, "name") else db,
        "user": "postgres",
        **options,
    }
    return " ".join(f"{name}='{value}'" for name, value in words.items())


@contextlib.contextmanager
def listener(answer=None, address="127.0.0.1", port=0):
    """A socket where something listens that is no PostgreSQL; its port.  No answer: silence."""
    with socket.create_server((address, port)) as server:
        kept = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    kept.append(client)
                    if answer is not None:
                        client.recv(1000)
                        client.sendall(answer)
                        client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for client in kept:
            client.close()


# --- refused for good: at once, however long it would wait ---


def test_wrong_password(db, refused):
    role = db.role(password="right")
    refused(db.url_for(user=role, password="wrong", host="127.0.0.1"), "28P01", role, "password")


def test_no_password(db, refused):
    refused(db.url_for(user=db.role(), host="127.0.0.1"), "no password supplied", "~/.pgpass")


def test_no_such_role(db, refused):
    refused(db.url_for(user="nobody_here"), "28000", '"nobody_here"', "create it")


def test_role_that_is_set_and_is_not_there(db, refused):
    role = db.role()
    args = ("--role", "nobody_here")
    refused(db.url_for(user=role), "22023", '"nobody_here"', f'"{role}" is a member of', args=args)


def test_role_that_may_not_log_in(db, refused):
    role = db.role()
    db.execute(f"ALTER ROLE {role} NOLOGIN")
    refused(db.url_for(user=role), "28000", "not permitted to log in")


def test_rejected_by_pg_hba(server, refused):
    path = Path(server.folder, "data", "pg_hba.conf")
    before = path.read_text()
    with server.database() as db:
        role = db.role()
        path.write_text(f"local all {role} reject\n{before}")
        try:
            db.execute("SELECT pg_reload_conf()")
            refused(db.url_for(user=role), "28000", "pg_hba.conf", "must let it in")
        finally:
            path.write_text(before)
            db.execute("SELECT pg_reload_conf()")


def test_no_such_database(cluster, refused):
    refused(cluster.url("nowhere"), "3D000", '"nowhere"', "Create the database")


def test_no_right_to_connect(db, refused):
    role = db.role()
    db.execute(f'REVOKE CONNECT ON DATABASE "{db.name}" FROM PUBLIC')
    run = refused(db.url_for(user=role), "42501", f'GRANT CONNECT ON DATABASE "{db.name}" TO "{role}"')
    assert "DETAIL:  User does not have CONNECT privilege." in run.stderr, run


def test_database_that_takes_no_connections(db, refused):
    with db.cluster.connect() as connection:
        connection.execute(f'ALTER DATABASE "{db.name}" ALLOW_CONNECTIONS false')
        refused(db.url, "55000", f'ALTER DATABASE "{db.name}" ALLOW_CONNECTIONS true')


def test_tls_that_the_server_does_not_have(db, refused):
    url = db.url_for(host="127.0.0.1") + "&sslmode=require"
    refused(url, "does not support SSL", "ssl = on")


def certificate(folder, name, owner):
    """One that signed itself, for "localhost"."""
    key, path = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        ["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-keyout", key, "-out", path],
        check=True,
        capture_output=True,
    )
    os.chown(key, owner.st_uid, owner.st_gid)
    key.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def tls(cluster, make_cluster):
    """A server with TLS, its certificate, and another one."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there to make a certificate")
    with tempfile.TemporaryDirectory(prefix="migrate-tls.", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        owner = Path(cluster.folder, "data").stat()
        own, other = (certificate(folder, name, owner) for name in ("own", "other"))
        key = own.with_suffix(".key")
        yield make_cluster(ssl="on", ssl_cert_file=str(own), ssl_key_file=str(key)), own, other


@pytest.mark.parametrize(
    "host, root, words",
    [
        ("127.0.0.1", "own", ["does not match host name", "The host in the url must be"]),
        ("localhost", "other", ["certificate verify failed", "the CA that signed it"]),
        ("localhost", "missing", ["does not exist", "as sslrootcert in the url"]),
    ],
)
def test_certificate_that_cannot_be_checked(tls, refused, make_runner, host, root, words):
    server, own, other = tls
    with server.database() as db:
        role = db.role("SUPERUSER")
        url = db.url_for(user=role, password="secret", host=host) + "&sslmode=verify-full"
        good = db.url_for(user=role, password="secret", host="localhost") + "&sslmode=verify-full"
        refused(f"{url}&sslrootcert={own.with_name(root + '.crt')}", *words)
        assert make_runner(f"{good}&sslrootcert={own}")("up", files=OK).exit == 0


def test_host_that_is_not_postgresql(refused):
    with listener(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        url = f"postgresql://u@127.0.0.1:{port}/d"
        refused(url, "invalid response", "not PostgreSQL")
        refused(url + "?sslmode=disable", "expected authentication request", "not PostgreSQL")


def test_server_too_old(db, refused, make_proxy):
    proxy = make_proxy(server_version="12.22")
    refused(proxy.url(db), "PostgreSQL 12 is too old", "Upgrade")


def test_service_that_is_not_defined(refused):
    refused("postgresql:///?service=nowhere", '"nowhere" not found', "pg_service.conf", exit=2)
    refused(None, '"nowhere" not found', exit=2, env={"PGSERVICE": "nowhere"})


@pytest.mark.parametrize(
    "parameter", ["sslmode=perhaps", "target_session_attrs=boss", "keepalives_idle=x"]
)
def test_parameter_that_libpq_refuses(refused, parameter):
    name, _ = parameter.split("=")
    refused(f"postgresql://u@localhost/d?{parameter}", "invalid", name, exit=2)


def test_password_file_that_others_may_read(db, make_runner):
    role = db.role(password="from the file")
    migrate = make_runner(db.url_for(user=role, host="127.0.0.1"))
    path = migrate.folder / "passwords"
    path.write_text("*:*:*:*:from the file\n")
    for mode, exit in [(0o644, 5), (0o600, 0)]:
        path.chmod(mode)
        run = migrate("status", files=OK, env={"PGPASSFILE": str(path)})
        assert run.exit == exit, run
        assert run.stderr.count("has group or world access") == (1 if exit else 0), run
        assert "from the file" not in run.output


# --- what may pass ---


def say(run, words, seconds=20):
    """Waits until the run has said that on stderr."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        line = run.process.stderr.readline().decode()
        assert line, f"it ended without saying {words}"
        if words in line:
            return line
    raise AssertionError(f"it did not say {words}")


def test_server_that_starts(server, make_runner):
    """Refused, then starting up, then there: all of it waited for, and each reason told."""
    flag = Path(server.folder, "go")
    with server.database() as db:
        with server.connect() as connection:
            connection.execute(
                f"ALTER SYSTEM SET restore_command = 'while [ ! -e {flag} ]; do sleep 0.05; done; false'"
            )
        server.stop()
        Path(server.folder, "data", "recovery.signal").touch()
        run = make_runner(db.url).start("up", "--wait", "60s", files=OK)
        assert "1min at most" in say(run, "waiting for the server")
        server.process.stdin.write("start\n")
        say(run, "starting up")
        flag.touch()
        server.read_state()
        run = run.wait()
        assert (run.exit, db.versions()) == (0, ["1"]), run
        flag.unlink()


def test_server_that_shuts_down(server, make_runner):
    """57P03 is tried for ten seconds without being asked to."""
    with server.database() as db:
        with db.connect():
            os.kill(server.postmaster, 15)  # smart: it waits for this session
            started = time.monotonic()
            run = make_runner(db.url)("up", files=OK)
            took = time.monotonic() - started
        server.stop()
        server.start()
    assert run.exit == 5 and 10 <= took < 20, (took, run)
    assert "57P03" in run.stderr and "nothing was run" in run.stderr, run
    assert "NEXT:  Wait until the server accepts connections" in run.stderr, run


def test_last_free_slot(make_cluster, make_runner):
    """The reserved ones are not for it; then one is free."""
    server = make_cluster(max_connections="8", superuser_reserved_connections="3")
    with server.database() as db, contextlib.ExitStack() as stack:
        role = db.role()
        db.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
        held = [stack.enter_context(db.connect(user=role)) for _ in range(5)]
        run = make_runner(db.url_for(user=role)).start("up", files=OK)
        assert "reserved" in say(run, "10s at most")
        held[0].close()
        run = run.wait()
        assert (run.exit, db.versions()) == (0, ["1"]), run


def test_connection_limit_of_a_role(db, make_runner):
    role = db.role("CONNECTION LIMIT 0")
    run = make_runner(db.url_for(user=role))("up", files=OK)
    assert run.exit == 5 and "53300" in run.stderr, run
    assert "NEXT:  End sessions" in run.stderr and "CONNECTION LIMIT" in run.stderr, run


@pytest.mark.parametrize(
    "url, words",
    [
        ("postgresql://u@nowhere.invalid/d", "could not translate host name"),
        ("postgresql://u@127.0.0.1:1/d", "Connection refused"),
        ("postgresql://u@/d?host=/nowhere", "No such file or directory"),
    ],
    ids=["name", "port", "socket"],
)
def test_nobody_is_there(make_runner, url, words):
    migrate = make_runner(url)
    run = migrate("up", files=OK)
    assert run.exit == 5 and "waiting" not in run.stderr, run
    assert words in run.stderr and "with --wait 60s it goes on trying." in run.stderr, run
    started = time.monotonic()
    run = migrate("up", "--wait", "1500ms")
    assert run.exit == 5 and time.monotonic() - started >= 1.5, run
    assert run.stderr.count("waiting for the server, 1500ms at most: ") == 1, run


def test_port_of_a_container_whose_server_is_not_up(make_runner):
    """Its proxy takes the connection and drops it."""
    with listener(b"") as port:
        url = f"postgresql://u@127.0.0.1:{port}/d?sslmode=disable"
        run = make_runner(url)("up", "--wait", "1s", files=OK)
    assert run.exit == 5 and "waiting for the server, 1s at most" in run.stderr, run
    assert "NEXT:  Something listens there" in run.stderr, run


# --- time limits ---


def test_silent_server(make_runner):
    with listener() as port:
        url = f"postgresql://u@127.0.0.1:{port}/d"
        for args, more in [(["--connect-timeout", "1s"], ""), ([], "?connect_timeout=1")]:
            started = time.monotonic()
            run = make_runner(url + more)("up", *args, files=OK)
            assert run.exit == 5 and 1 <= time.monotonic() - started < 5, run
            assert f"port {port} failed: timeout expired" in run.stderr, run
            assert "connect_timeout gives it more time" in run.stderr, run


def test_setting_wins_over_the_url(make_runner):
    with listener() as port:
        started = time.monotonic()
        run = make_runner(f"postgresql://u@127.0.0.1:{port}/d?connect_timeout=60")(
            "up", "--connect-timeout", "1s", files=OK
        )
    assert run.exit == 5 and time.monotonic() - started < 10, run


def test_first_host_is_silent_and_the_second_is_down(db, migrate):
    server = db.cluster
    with listener() as port:
        places = [("127.0.0.1", port), ("127.0.0.1", 1), (server.folder, server.port)]
        url = hosts(db, *places, connect_timeout=1)
        run = migrate("up", files=OK, env={"DATABASE_URL": url})
        assert (run.exit, db.versions()) == (0, ["1"]), run
        url = hosts(db, *places[:2], connect_timeout=1)
        run = migrate("up", env={"DATABASE_URL": url})
    assert run.exit == 5 and "Connection refused" in run.stderr, run
    assert "DETAIL:  connection to server" in run.stderr and "timeout expired" in run.stderr, run


NAMES = """
set -e
mount --bind "$PWD/hosts" /etc/hosts
exec "$0" "$@"
"""


def test_first_address_of_a_name_is_silent(make_runner, db):
    """Both stand behind one name, as behind a headless service; libpq alone stays with the first."""
    permitted("unshare", "-m", "sh", "-c", "mount --bind /etc/hosts /etc/hosts")
    role = db.role("SUPERUSER")
    port = db.cluster.port
    migrate = make_runner(
        f"postgresql://{role}:secret@two.example:{port}/{db.name}?connect_timeout=1"
    )
    migrate.write({"hosts": "127.0.0.2 two.example\n127.0.0.1 two.example\n"}, below=".")
    with listener(address="127.0.0.2", port=port):
        run = migrate("up", files=OK, through=["unshare", "-m", "sh", "-c", NAMES])
        assert (run.exit, db.versions()) == (0, ["1"]), run
        db.cluster.stop()
        run = migrate("up", through=["unshare", "-m", "sh", "-c", NAMES])
        db.cluster.start()
    assert run.exit == 5 and "(127.0.0.1)" in run.stderr and "(127.0.0.2)" in run.stderr, run


PIDFD_GETFD = 438  # its number on every architecture


def sockets_of(process):
    """Copies of the TCP sockets of another process."""
    pidfd_getfd = ctypes.CDLL(None, use_errno=True).syscall
    pidfd = os.pidfd_open(process)
    for name in os.listdir(f"/proc/{process}/fd"):
        with contextlib.suppress(OSError):
            if not os.readlink(f"/proc/{process}/fd/{name}").startswith("socket:"):
                continue
            number = pidfd_getfd(PIDFD_GETFD, pidfd, int(name), 0)
            if number < 0:
                pytest.skip("the sockets of another process are not to be had here")
            copy = socket.socket(fileno=number)
            if copy.family in (socket.AF_INET, socket.AF_INET6):
                yield copy
    os.close(pidfd)


@pytest.mark.parametrize(
    "more, expected",
    [("", (1, 30, 10, 3, 30000)), ("&keepalives_idle=7&tcp_user_timeout=900", (1, 7, 10, 3, 900))],
    ids=["ours", "of the url"],
)
def test_client_notices_a_dead_server(db, make_runner, more, expected):
    """What the kernel was really told, beside what the server's end is told in its settings."""
    user = db.role("SUPERUSER")
    migrate = make_runner(db.url_for(user=user, password="secret", host="127.0.0.1") + more)
    run = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(600);"})
    db.wait_for_statement("pg_sleep")
    seen = [
        (
            copy.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            *(
                copy.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            ),
        )
        for copy in sockets_of(run.process.pid)
    ]
    run.signal()
    run.wait()
    assert seen and set(seen) == {expected}


RESOLVER = """
set -e
mount --bind "$PWD/resolv.conf" /etc/resolv.conf
exec "$0" "$@"
"""


def test_name_server_that_does_not_answer(make_runner):
    """libpq alone would wait for it for twenty seconds, deaf to signals."""
    permitted("unshare", "-m", "sh", "-c", "mount --bind /etc/resolv.conf /etc/resolv.conf")
    migrate = make_runner("postgresql://u@somewhere.example/d")
    migrate.write({"resolv.conf": "nameserver 127.0.0.9\n"}, below=".")
    through = ["unshare", "-m", "sh", "-c", RESOLVER]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second,
    ):
        silent.bind(("127.0.0.9", 53))
        second.bind(("127.0.0.10", 53))
        second.settimeout(20)
        started = time.monotonic()
        run = migrate("up", "--connect-timeout", "1s", files=OK, through=through)
        assert run.exit == 5 and time.monotonic() - started < 5, run
        assert '"somewhere.example" to address: timeout expired' in run.stderr, run
        migrate.write({"resolv.conf": "nameserver 127.0.0.10\n"}, below=".")
        run = migrate.start("up", through=through)
        second.recv(500)  # it is asked
        started = time.monotonic()
        run.signal()
        run = run.wait()
        assert run.exit == 143 and time.monotonic() - started < 2, run


# --- several hosts: a primary and its standby ---


@pytest.fixture
def pair(cluster, standby):
    """url(attributes, order): both of them, the standby first or last."""
    both = [(standby.folder, standby.port), (cluster.folder, cluster.port)]

    def url(db, attributes, standby_first=True):
        places = both if standby_first else both[::-1]
        return hosts(db, *places, **({"target_session_attrs": attributes} if attributes else {}))

    return url


def caught_up(cluster, standby):
    with cluster.connect() as primary, standby.connect() as copy:
        (place,) = primary.execute("SELECT pg_current_wal_lsn()").fetchone()
        end = time.monotonic() + 30
        while not copy.execute("SELECT pg_last_wal_replay_lsn() >= %s", [place]).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.parametrize("attributes", ["read-write", "primary", None])
def test_up_finds_the_primary(cluster, standby, db, pair, make_runner, attributes):
    caught_up(cluster, standby)
    run = make_runner(pair(db, attributes))("up", files=OK)
    assert (run.exit, db.versions()) == (0, ["1"]), run


@pytest.mark.parametrize(
    "attributes, first, place",
    [
        ("standby", True, "standby"),
        ("standby", False, "standby"),
        ("read-only", False, "standby"),
        ("prefer-standby", True, "standby"),
        ("prefer-standby", False, "standby"),
        ("any", False, "primary"),
        ("primary", True, "primary"),
    ],
)
def test_status_finds_what_it_is_told(
    cluster, standby, db, pair, make_runner, attributes, first, place
):
    caught_up(cluster, standby)
    migrate = make_runner(pair(db, attributes, first))
    run = migrate("status", files=OK)
    assert run.exit == 0 and "Pending" in run.stdout, run
    run = migrate("up")
    assert (run.exit == 5 and "standby" in run.stderr) == (place == "standby"), run


def test_up_on_a_standby_alone(cluster, standby, db, make_runner):
    caught_up(cluster, standby)
    migrate = make_runner(standby.url(db.name))
    run = migrate("up", files=OK)
    assert run.exit == 5 and "target_session_attrs=read-write" in run.stderr, run
    run = make_runner(hosts(db, (standby.folder, standby.port), target_session_attrs="read-write"))(
        "up", files=OK
    )
    assert run.exit == 5 and "session is read-only" in run.stderr, run
    assert "NEXT:  Name the primary, or all hosts" in run.stderr, run


def test_primary_is_down_and_the_other_is_a_standby(cluster, standby, db, make_runner):
    caught_up(cluster, standby)
    places = [("127.0.0.1", 1), (standby.folder, standby.port)]
    migrate = make_runner(hosts(db, *places, target_session_attrs="read-write"))
    run = migrate("up", "--wait", "1s", files=OK)
    assert run.exit == 5 and "session is read-only" in run.stderr, run
    assert "Connection refused" in run.stderr and "waiting for the server" in run.stderr, run
    migrate = make_runner(hosts(db, *places, target_session_attrs="prefer-standby"))
    assert migrate("status", files=OK).exit == 0
