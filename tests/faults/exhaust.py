#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
All faults on the wire, or some of them:

    exhaust.py                              everything
    exhaust.py --seed 7 --sample 500        that many, chosen by seed
    exhaust.py --seed 7 --sample 500 --at 12   the twelfth of these alone
    exhaust.py --suite copy --kind after    all of these
    exhaust.py copy:after:server:31 ...     exactly these
    exhaust.py --pooler ...                 through a pool of transactions
    exhaust.py --company ...                beside a second runner
"""

import argparse
import collections
import sys
import time

from company import CompanyBench
from pooled import PooledBench
from suites import BY_NAME, LOOKS, SUITES
from trial import INSIDE, Bench, Scenario, inside_scenarios, sample, scenarios

from cluster import Cluster  # noqa: I100  trial knows the way


def chosen(options, bench):
    if options.scenario:
        return [Scenario.parse(text) for text in options.scenario]
    if options.sample:
        some = sample(bench, options.sample, options.seed, options.suite, options.kind)
        return [some[options.at]] if options.at is not None else some
    everything = list(scenarios(bench, options.suite, options.kind))
    part = options.seed % options.every + options.part * options.every
    return everything[part :: options.parts * options.every]


def trials(options, bench):
    """Each scenario with its violations, None where nothing happened."""
    if options.inside:
        suites = [BY_NAME[name] for name in options.suite or []] or SUITES + LOOKS
        for kind in options.kind or INSIDE:
            yield from inside_scenarios(bench, kind, suites, options.stride)
        return
    for scenario in chosen(options, bench):
        yield scenario, bench.try_out(scenario)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--suite", action="append")
    parser.add_argument("--kind", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--at", type=int)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="every so many; which, the seed says")
    parser.add_argument("--inside", action="store_true", help="faults inside the program")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--most", type=int, default=20, help="give up after so many violations")
    parser.add_argument("--seconds", type=int, help="stop after so long")
    parser.add_argument("--pooler", action="store_true", help="through a pool of transactions")
    parser.add_argument("--company", action="store_true", help="with a second runner beside it")
    options = parser.parse_args()
    cluster = Cluster()
    kind = PooledBench if options.pooler else CompanyBench if options.company else Bench
    bench = kind(cluster, "faults")
    counts, exits, violations, start = collections.Counter(), collections.Counter(), 0, time.time()
    try:
        for scenario, found in trials(options, bench):
            if found is None:
                continue
            counts[scenario.kind] += 1
            exits[bench.last_exit] += 1
            for violation in found:
                print(violation, flush=True)
            violations += len(found)
            if violations >= options.most:
                break
            if options.seconds and time.time() - start > options.seconds:
                print("stopped by --seconds")
                break
    finally:
        bench.remove()
        cluster.remove()
    took = time.time() - start
    print(f"{sum(counts.values())} scenarios in {took:.0f} s, {violations} violations")
    print("  by kind: " + ", ".join(f"{kind} {count}" for kind, count in counts.items()))
    print("  by exit: " + ", ".join(f"{code} {count}" for code, count in sorted(exits.items())))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
