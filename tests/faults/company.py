# SPDX-License-Identifier: MIT
"""The bench with a second runner, undisturbed, that starts at a random moment beside the first."""

import random
import threading

from trial import Bench

LATEST = 0.4  # seconds behind the start of the first


class CompanyBench(Bench):
    """It waits for the run lock of the first, or is waited for: everything is applied once."""

    suites = ["files", "windows", "copy", "repeatables", "group", "schema", "baseline_on_up"]
    suites += ["stepwise", "batches", "concurrently", "detach"]

    def __init__(self, cluster, name, seed=1):
        super().__init__(cluster, name)
        self.chance = random.Random(seed)

    def disturbed_run(self, suite, fault, url):
        if fault is None:
            return super().disturbed_run(suite, fault, url)
        ends = []
        second = threading.Timer(
            self.chance.uniform(0, LATEST), lambda: ends.append(self.second(suite))
        )
        second.start()
        try:
            return super().disturbed_run(suite, fault, url)
        finally:
            second.join()
            if ends[0].exit != 0:
                self.wire.broken.append(f"the second runner ended with {ends[0].exit}:\n{ends[0]}")

    def second(self, suite):
        return self.runner(suite)[1].start(*suite.command).wait()
