# SPDX-License-Identifier: MIT
"""
Writes man/migrate-lint.7 from the table of rules: "make manual" puts it there, and test_lint.py
compares the two.
"""

import json
import re
import subprocess
import sys
import textwrap

from cluster import ROOT

PAGE = ROOT / "man/migrate-lint.7"
HEAD = r"""
.\" SPDX-License-Identifier: MIT
.\" Made by "make manual" from the table of rules.
.Dd November 22, 2026
.Dt MIGRATE-LINT 7
.Os
.Sh NAME
.Nm migrate-lint
.Nd what migrate finds in SQL files before they run
.Sh DESCRIPTION
.Ic migrate lint
looks for statements that would make a running app wait, fail or lose data, and
says what to write instead.
.Ic migrate plan
shows the same of the pending files, and
.Ic migrate up
warns of it, or refuses it, as the setting
.Cm lint.on_up
of
.Xr migrate.yaml 5
says.
.Pp
A rule knows what the files made before: a table of the same transaction has no
rows and no users, so that nothing said of its locks matters.
.Ic migrate lint
takes what earlier files made for old, because they were applied some time ago;
.Ic plan ,
.Ic up
and
.Ic lint Fl -changed-since
know which files run together.
.Pp
The runner itself sets
.Cm lock_timeout
before every statement and gives up a lock request after
.Cm max_stall ,
so no rule asks for that.
.Ss Severity
Each rule is
.Cm error , warning , info
or
.Cm off ;
.Cm lint.rules
and
.Cm lint.paths
change that, and
.Cm lint.fail_on
says what fails.
Where
.Ic plan
and
.Ic up
see the live database, a table's size makes a finding worse, and
.Ic up
may find that it does no harm.
.Ss Allowing what is found
A comment alone on its line speaks for the file when it stands before the first
statement, and for the next statement later:
.Bd -literal -offset indent
-- migrate:allow drop-column nobody reads it since 2.3
ALTER TABLE orders DROP COLUMN note;
.Ed
.Pp
squawk's comments are understood, with the names of its rules:
.Bd -literal -offset indent
-- squawk-ignore ban-drop-column
ALTER TABLE orders DROP COLUMN note;
.Ed
.Pp
on the line of the finding or the one before it, and
.Dq -- squawk-ignore-file
for a whole file of up to 8 MiB.
.Ss What is not looked at
A statement that the grammar of PostgreSQL 15 refuses, though the newer forms
that lock tables are put in; text that a DO block puts together before it runs
it; of a file with more than 10,000 statements, later ones that only read or
write rows.
.Sh RULES
""".lstrip()
FOOT = r"""
.Sh SEE ALSO
.Xr migrate 1 ,
.Xr migrate.yaml 5
""".lstrip()


def escaped(line):
    line = line.replace("\\", r"\e")
    return r"\&" + line if line[:1] in (".", "'") else line


def filled(text):
    """A paragraph; a sentence begins a line, as mdoc wants it."""
    lines = []
    for sentence in re.split(r"(?<=[\w)\"][.?!])\s+(?=\S)", " ".join(text.split())):
        lines += textwrap.wrap(sentence, 78, break_long_words=False, break_on_hyphens=False)
    return "".join(escaped(line) + "\n" for line in lines)


def literal(text):
    lines = textwrap.dedent(text.strip("\n")).split("\n")
    body = "".join(escaped(line) + "\n" for line in lines)
    return f".Bd -literal -offset 2n\n{body}.Ed\n"


def paragraphs(text):
    parts = [part for part in text.split("\n\n") if part.strip()]
    written = ""
    for i, part in enumerate(parts):
        if part.startswith(" "):
            written += literal(part)
        else:
            written += (".Pp\n" if i > 0 else "") + filled(part)
    return written


def versions(rule):
    since, until = rule["from"], rule["until"]
    if since and until:
        return f", PostgreSQL {since} to {until}"
    if since:
        return f", PostgreSQL {since} and later"
    return f", PostgreSQL {until} and earlier" if until else ""


def entry(rule):
    summary = rule["summary"][:1].upper() + rule["summary"][1:] + "."
    text = f".It Cm {rule['rule']} Pq {rule['default']}{versions(rule)}\n"
    text += filled(summary) + ".Pp\n" + paragraphs(rule["advice"])
    if rule["squawk"]:
        text += ".Pp\n" + filled("In squawk: " + ", ".join(rule["squawk"]) + ".")
    return text


def page(program):
    """The page as it should be."""
    run = subprocess.run(
        [*program, "lint", "--list-rules", "--format", "json"],
        cwd="/", capture_output=True, check=True,
    )
    text, group = HEAD, None
    for rule in json.loads(run.stdout)["rules"]:
        if rule["group"] != group:
            text += (".El\n" if group else "") + f".Ss {rule['group']}\n.Bl -tag -width 2n\n"
            group = rule["group"]
        text += entry(rule)
    return text + ".El\n" + FOOT


if __name__ == "__main__":
    from runner import PROGRAM

    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(PROGRAM))
    else:
        sys.stdout.write(page(PROGRAM))
