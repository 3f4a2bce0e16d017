# SPDX-License-Identifier: MIT
"""What a newcomer sees first is true."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from cluster import ROOT
from readme import PAGES, README, regenerate
from runner import PROGRAM


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_shows_what_the_program_prints(cluster, page):
    with cluster.database("shop") as db:
        shown = page.read_text()
        printed = regenerate(shown, db, PROGRAM[-1])
    assert printed == shown, "make readme writes it anew"


def test_readme_tells_every_exit_status():
    rows = re.findall(r"^\| \**(\d+(?:\+n)?)\** \|", README.read_text(), re.MULTILINE)
    assert rows == ["0", "1", "2", "3", "4", "5", "6", "7", "70", "128+n"]


def test_readme_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        assert link.startswith("http") or (ROOT / link).exists(), link


def test_example_is_applied_step_by_step(db, migrate):
    folder = ROOT / "migrations-example"
    for args in (["validate", "--offline"], ["plan"], ["up"], ["validate"]):
        run = migrate("--directory", str(folder), *args)
        assert run.exit == 0, run
    assert db.value("SELECT count(*) FROM order_totals") == 3
    assert db.value(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_customer_id'::regclass"
    )
    assert db.value(
        "SELECT attnotnull FROM pg_attribute"
        " WHERE attrelid = 'customers'::regclass AND attname = 'email'"
    )
    run = migrate("--directory", str(folder), "up")
    assert run.exit == 0 and "up to date" in run.stdout, run


def test_demo(tmp_path):
    """As "make demo" runs it, behind packages and build."""
    run = subprocess.run(
        ["bash", "tests/lib/cluster.sh", "with", "sh", "tests/lib/demo.sh"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "BUILD": os.environ.get("BUILD", "build"),
            "HOME": str(tmp_path),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "R__order_totals.sql" in run.stderr + run.stdout
    assert "10 applied, 0 failed, version 9" in run.stdout, run.stdout
    assert "Ada Byron" in run.stdout


@pytest.mark.skipif(PROGRAM[0] != PROGRAM[-1], reason="the program is wrapped")
def test_install_puts_program_manual_and_completions(tmp_path):
    environment = {**os.environ, "DESTDIR": str(tmp_path), "PREFIX": "/usr"}
    environment["BUILD"] = str(Path(PROGRAM[0]).parent)
    subprocess.run(["sh", "tests/lib/install.sh"], cwd=ROOT, env=environment, check=True)
    names = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert names == [
        "usr/bin/migrate",
        "usr/share/bash-completion/completions/migrate",
        "usr/share/fish/vendor_completions.d/migrate.fish",
        "usr/share/man/man1/migrate.1",
        "usr/share/man/man5/migrate.yaml.5",
        "usr/share/man/man7/migrate-lint.7",
        "usr/share/zsh/site-functions/_migrate",
    ]
    run = subprocess.run([tmp_path / "usr/bin/migrate", "version"], capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.startswith("migrate "), run
