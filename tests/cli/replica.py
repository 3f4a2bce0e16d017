# SPDX-License-Identifier: MIT
"""A primary and a standby that streams from it, and what happens when one of them is lost."""

import os
import signal
import time

from cluster import Cluster, Database


class Pair:
    """
    The primary is kept from test to test and stands in for what a failover left; the standby is
    made anew.  url() names both, the old primary first.
    """

    def __init__(self):
        self.primary = Cluster()
        self.standby = self.old = None
        self.made = [self.primary]

    def renew(self):
        """Back to one primary with a fresh standby."""
        if self.old is not None:
            self.old.remove()
            self.made.remove(self.old)
            self.old = None
        if self.standby is None:
            self.standby = Cluster(standby_of=self.primary)
            self.made.append(self.standby)

    def url(self, name, attributes="read-write"):
        places = [self.old or self.primary, self.standby or self.primary]
        folders = ",".join(place.folder for place in places)
        ports = ",".join(str(place.port) for place in places)
        return (
            f"host={folders} port={ports} dbname={name} user=postgres"
            f" target_session_attrs={attributes}"
        )

    def database(self, name):
        """On the primary of now."""
        return Database(self.primary, name)

    def caught_up(self):
        """Until the standby has replayed all that the primary has written so far."""
        with self.primary.connect() as primary, self.standby.connect() as standby:
            (place,) = primary.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            end = time.monotonic() + 60
            while not standby.execute(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn - 1", [place]
            ).fetchone()[0]:
                assert time.monotonic() < end, "the standby does not catch up"
                time.sleep(0.02)

    def lose_primary(self, how="immediate"):
        """how: fast, immediate, or kill, which leaves the backends to notice it."""
        if how == "kill":
            os.kill(self.primary.postmaster, signal.SIGKILL)
            self.primary.order("stop immediate")
        else:
            self.primary.stop(how)

    def promote(self):
        """The standby becomes the primary, on a timeline of its own."""
        with self.standby.connect() as standby:
            assert standby.execute("SELECT pg_promote()").fetchone()[0]
        self.old, self.primary, self.standby = self.primary, self.standby, None

    def fail_over(self, how="immediate"):
        self.lose_primary(how)
        self.promote()

    def remove(self):
        for server in self.made:
            server.remove()
