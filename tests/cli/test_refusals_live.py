# SPDX-License-Identifier: MIT
"""tests/data/in-transaction.tsv says what servers refuse in a transaction block: is it still so?"""

import csv
from pathlib import Path

import psycopg
import pytest

DATA = Path(__file__).resolve().parents[1] / "data"

# What the statements need beyond base.sql.
NEEDED = """
CREATE PROCEDURE pcommit() LANGUAGE plpgsql AS 'begin commit; end';
CREATE FUNCTION etf() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE ROLE qrole0;
"""

# What a ROLLBACK does not take back.
LEFT_BEHIND = {
    "prepare transaction": "ROLLBACK PREPARED 'zz1'",
    "create slot logical": "SELECT pg_drop_replication_slot('qq')",
    "create slot physical": "SELECT pg_drop_replication_slot('qq3')",
}


def lines():
    with (DATA / "in-transaction.tsv").open(newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[0] != "case":
                yield pytest.param(*row, id=f"{row[0]} {row[1]}")


@pytest.fixture(scope="module")
def session(make_cluster):
    """A session in a database called m, as the statements expect."""
    server = make_cluster(wal_level="logical", max_prepared_transactions="2")
    with server.database("m") as database:
        database.execute((DATA / "base.sql").read_text())
        database.execute(NEEDED)
        with database.connect() as connection:
            yield connection
        database.execute("DROP ROLE qrole0")


def outcome(session, statement):
    """As in the file: allowed, or warning or refused with the first SQLSTATE."""
    warnings = []
    refused = None

    def note(diagnostic):
        if diagnostic.severity_nonlocalized == "WARNING":
            warnings.append(diagnostic.sqlstate)

    session.add_notice_handler(note)
    session.execute("BEGIN")
    try:
        session.execute(statement)
    except psycopg.Error as error:
        refused = error.sqlstate
    session.execute("ROLLBACK")
    session.remove_notice_handler(note)
    if refused:
        return f"refused {refused}"
    return f"warning {warnings[0]}" if warnings else "allowed"


@pytest.mark.parametrize("case, versions, expected, statement", lines())
def test_refuses_in_a_block_what_the_file_says(session, case, versions, expected, statement):
    first, last = versions.split("-")
    if not int(first) <= session.info.server_version // 10000 <= int(last):
        pytest.skip("another version's line")
    assert outcome(session, statement) == expected
    if case in LEFT_BEHIND:
        session.execute(LEFT_BEHIND[case])
