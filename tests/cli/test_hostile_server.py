# SPDX-License-Identifier: MIT
"""
A server that is none, or a bad one: no crash, no hanging, an exit status that the manual names, and
nothing that it says reaches a terminal raw.  HOSTILE_RUNS tries more, HOSTILE_SEED another part.
"""

import os
import sys

import pytest

from cluster import ROOT
from hostile import HostileServer, fields, frame, frames_of, row, row_values, spoil

sys.path.append(str(ROOT / "tests/fuzz"))

from record import CASES, files, record  # noqa: E402

RUNS = int(os.environ.get("HOSTILE_RUNS", "150"))
SEED = int(os.environ.get("HOSTILE_SEED", "1"))
ARGS = ("--baseline-on-up", "--run-lock-timeout", "200ms", "--lock-retry", "1ms")


@pytest.fixture(scope="module")
def streams(cluster):
    """The frames of a real server in runs of "up"."""
    return {name: frames_of(record(cluster, steps)) for name, steps in CASES.items()}


@pytest.fixture
def fresh(streams):
    return list(streams["fresh"])


@pytest.fixture
def against(offline):
    """against(data): a run of "up" while the server says that."""
    offline.write(files())

    def run(data, *args, timeout=20, **options):
        server = HostileServer(data)
        # libpq forgets a result when a copy begins in the middle of an answer (getCopyStart).
        env = {"DATABASE_URL": server.url, "LSAN_OPTIONS": "detect_leaks=0"}
        try:
            return offline("up", *ARGS, *args, env=env, timeout=timeout, **options)
        finally:
            server.stop()

    return run


def assert_sane(run, what):
    assert run.exit in (0, 1, 2, 4, 5, 6, 7), f"{what}: {run}"
    assert "\x1b" not in run.output and "S3cret" not in run.output, f"{what}: {run}"
    if run.exit != 0:
        assert "error:" in run.stderr, f"{what}: {run}"


def test_streams_work_as_they_are(against, streams):
    """Else all below would prove nothing."""
    for name in "fresh", "done", "interrupted":
        run = against(b"".join(streams[name]))
        assert run.exit == 0, run


def test_seeded_streams(against, streams):
    names = sorted(streams)
    ends = set()
    for seed in range(SEED, SEED + RUNS):
        run = against(spoil(streams[names[seed % len(names)]], seed))
        assert_sane(run, f"seed {seed}")
        ends.add(run.exit)
    assert len(ends) > 2, ends


def test_every_prefix_ends(against, streams):
    frames = streams["done"]
    for count in range(0, len(frames), 3):
        assert_sane(against(b"".join(frames[:count])), f"{count} frames")


# --- answers that are none ---


def look(frames):
    """Which frame is the answer to the first question."""
    return next(i for i, f in enumerate(frames) if f[:1] == b"D")


def changed_look(frames, change):
    at = look(frames)
    values = row_values(frames[at])
    change(values)
    frames[at] = row(*values)
    return b"".join(frames)


@pytest.mark.parametrize(
    "version",
    [
        b"CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)",
        b"PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.54052",
        b"PostgreSQL 11.2-YB-2.20.1.3-b0",
    ],
)
def test_product_that_is_not_postgresql(against, fresh, version):
    run = against(changed_look(fresh, lambda values: values.__setitem__(3, version)))
    assert run.exit == 5 and "not PostgreSQL" in run.stderr, run
    assert "nothing was run" in run.stderr, run


@pytest.mark.parametrize("column", range(9))
def test_null_where_none_can_be(against, fresh, column):
    changed = changed_look(fresh, lambda values: values.__setitem__(column, None))
    assert_sane(against(changed), column)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        frame(b"C", b"SELECT 0\0"),
        frame(b"I"),
        frame(b"G", b"\0\0\0"),
        frame(b"H", b"\0\0\0"),
        frame(b"W", b"\0\0\0"),
        frame(b"E", b"\0"),
        frame(b"E", fields(("S", "PANIC"), ("M", "gone"))),
        frame(b"D", b"\x7f\xff"),
    ],
    ids=["nothing", "no-rows", "empty", "copy-in", "copy-out", "copy-both", "no-fields", "panic", "wide"],
)
def test_strange_answers(against, fresh, answer):
    """To each of the first ten questions in turn."""
    ready = [i for i, f in enumerate(fresh) if f[:1] == b"Z"]
    for before, end in zip(ready[:10], ready[1:11]):
        data = b"".join(fresh[: before + 1]) + answer + b"".join(fresh[end:])
        assert_sane(against(data), f"question {before}")


# --- floods ---


def flooded(frames, flood):
    at = look(frames)
    return b"".join(frames[:at]) + flood + b"".join(frames[at:])


def test_flood_of_notices_is_tamed(against, fresh):
    notice = frame(b"N", fields(("S", "NOTICE"), ("M", "x" * 1000)))
    run = against(flooded(fresh, notice * 20000), timeout=60)
    assert run.exit == 0, run[:3000]
    assert len(run.stderr) < 200_000, len(run.stderr)


def test_error_of_a_megabyte_is_cut(against, fresh):
    error = frame(b"E", fields(("S", "ERROR"), ("C", "XX000"), ("M", "\x1b[2J" * 250_000)))
    run = against(flooded(fresh, error), timeout=60)
    assert_sane(run, "a megabyte")
    assert len(run.stderr) < 200_000, len(run.stderr)
