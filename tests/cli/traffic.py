# SPDX-License-Identifier: MIT
"""An application that goes on while the program works: how long did anyone wait, did any fail?"""

import threading
import time

import psycopg


class Traffic:
    """
    with Traffic(db, "SELECT 1 FROM t", "INSERT INTO t VALUES (1)") as traffic: ...
    One session for each statement, again and again.  A tuple is a transaction of several.
    Then traffic.longest is the longest wait in seconds, traffic.errors what failed.
    """

    def __init__(self, db, *statements, pause=0.005, **connection):
        self.db, self.pause, self.connection = db, pause, connection
        self.longest, self.done, self.errors = 0.0, 0, []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(s,)) for s in statements]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        while self.done < len(self.threads) and not self.errors:  # all are under way
            time.sleep(0.01)
        self.longest = 0.0
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self, statements):
        if isinstance(statements, str):
            statements = (statements,)
        with self.db.connect(application_name="shop", **self.connection) as connection:
            while not self.stopping.is_set():
                start = time.monotonic()
                try:
                    if len(statements) == 1:
                        connection.execute(statements[0])
                    else:
                        with connection.transaction():
                            for statement in statements:
                                connection.execute(statement)
                except psycopg.Error as error:
                    self.errors.append(error)
                waited = time.monotonic() - start
                with self.lock:
                    self.longest = max(self.longest, waited)
                    self.done += 1
                self.stopping.wait(self.pause)
