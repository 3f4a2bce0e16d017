#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An application at work, in a process of its own.

    app.py URL OUTPUT KIND=PAUSE=SQL...

One session for each, which says its SQL again and again, with a pause of so many seconds, until
stdin ends.  Then OUTPUT has a list of [kind, begin, end, error], by the clock of time.monotonic.
"""
import json
import sys
import threading
import time

import psycopg


def work(url, kind, pause, sql, done, stopping):
    with psycopg.connect(url, autocommit=True, application_name="shop") as connection:
        while not stopping.is_set():
            begin, error = time.monotonic(), None
            try:
                connection.execute(sql)
            except psycopg.Error as failure:
                error = f"{failure.sqlstate} {failure}".splitlines()[0]
                connection.rollback()
            done.append([kind, begin, time.monotonic(), error])
            stopping.wait(float(pause))


def main():
    url, output, *sessions = sys.argv[1:]
    done, stopping, threads = [], threading.Event(), []
    for session in sessions:
        threads.append(threading.Thread(
            target=work, args=(url, *session.split("=", 2), done, stopping)))
        threads[-1].start()
    sys.stdin.read()
    stopping.set()
    for thread in threads:
        thread.join()
    with open(output, "w", encoding="utf-8") as out:
        json.dump(done, out)


if __name__ == "__main__":
    main()
