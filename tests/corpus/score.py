#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How well does a linter tell the unsafe files of this folder from the safe ones?

    score.py [--squawk PROGRAM] [MIGRATE]

Every file is linted on its own.  Recall: of the unsafe files, those with a finding of the hazard.
Precision: of the files with a finding, those that are unsafe.  What is only style in a peer is left
out, so that it is not counted as a false alarm.
"""
import argparse
import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
# Squawk's rules about style, and those about timeouts, which a runner sets.
STYLE = {
    "ban-char-field", "identifier-too-long", "prefer-bigint-over-int", "prefer-bigint-over-smallint",
    "prefer-identity", "prefer-robust-stmts", "prefer-text-field", "prefer-timestamp-tz",
    "require-enum-value-ordering", "require-lock-timeout", "require-statement-timeout",
    "require-table-schema", "require-timeout-settings", "unused-ignore",
}


class Sample:
    """A file with its label."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.hazards = self.heading("hazard")
        self.version = (self.heading("pg_version") or ["15"])[0]
        self.kind = path.parent.name
        if self.hazards == ["none"]:
            self.hazards = []

    def heading(self, name):
        for line in self.text.splitlines():
            if line.startswith(f"-- {name}: "):
                return line.split(": ", 1)[1].split(", ")
        return []


def samples():
    """All files of this folder."""
    return [Sample(path) for path in sorted(FOLDER.glob("*/*.sql"))]


def migrate_finds(program, sample):
    """The rules that migrate reports at warning or above."""
    done = subprocess.run(
        [*program, "lint", "--format", "json", f"--lint-pg-version={sample.version}", sample.path],
        capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    return {finding["rule"] for finding in answer["findings"]
            if finding["severity"] in ("warning", "error") and not finding["allowed"]}


def squawk_finds(program, sample):
    """The rules that squawk reports, without those about style."""
    transaction = "-- migrate:transaction off" not in sample.text
    done = subprocess.run(
        [*program, "--reporter", "json", f"--pg-version={sample.version}.0", sample.path,
         *(["--assume-in-transaction"] if transaction else [])],
        capture_output=True, text=True, check=False)
    return {finding["rule_name"] for finding in json.loads(done.stdout)} - STYLE


def score(finds, any_rule):
    """Counts of the outcomes, and the files that were told wrong."""
    hits = misses = alarms = quiet = 0
    wrong = []
    for sample in samples():
        found = finds(sample)
        if sample.hazards:
            hit = bool(found) if any_rule else bool(found & set(sample.hazards))
            hits, misses = hits + hit, misses + (not hit)
        else:
            hit = not found
            alarms, quiet = alarms + bool(found), quiet + hit
        if not hit:
            wrong.append((sample, found))
    return hits, misses, alarms, quiet, wrong


def tell(name, counts):
    hits, misses, alarms, quiet, wrong = counts
    print(f"{name}: recall {hits}/{hits + misses} = {hits / (hits + misses):.3f}, "
          f"precision {hits}/{hits + alarms} = {hits / max(1, hits + alarms):.3f}, "
          f"{quiet} safe files without a finding")
    for sample, found in wrong:
        print(f"  {sample.kind}/{sample.path.name}: wanted {', '.join(sample.hazards) or 'none'}, "
              f"found {', '.join(sorted(found)) or 'none'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("migrate", nargs="?", default="build/migrate")
    parser.add_argument("--squawk", metavar="PROGRAM")
    arguments = parser.parse_args()
    tell("migrate", score(lambda s: migrate_finds([arguments.migrate], s), any_rule=False))
    if arguments.squawk:
        tell("squawk", score(lambda s: squawk_finds([arguments.squawk], s), any_rule=True))


if __name__ == "__main__":
    sys.exit(main())
