"""``python -m tests.soak [--share 1.0] [--seed 1] [PART ...]``: all parts, or some; ``--share 0.1`` does a tenth of each.

Whole, it takes about an hour on two cores. Each part prints what it did; the first thing that must not be raises.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from tests.soak.answers import send_malformed
from tests.soak.kills import kill_at_points, kill_at_random
from tests.soak.mutations import mutate_inputs
from tests.soak.polls import poll_for_long

PARTS: dict[str, Callable[[float, int], str]] = {
    "polls": lambda share, seed: poll_for_long(round(500 * share), seed),
    "answers": lambda share, seed: send_malformed(round(20_000 * share), seed),
    "steps": lambda share, seed: kill_at_points(share),
    "writes": lambda share, seed: kill_at_points(share, writes=True),
    "kills": lambda share, seed: kill_at_random(round(100 * share), seed),
    "inputs": lambda share, seed: mutate_inputs(600 * share, seed),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}")
    parser.add_argument("--share", type=float, default=1.0, help="how much of each, 1.0: all")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins, in the parts that have any")
    given = parser.parse_args()
    for name in given.parts or PARTS:
        begun = time.monotonic()
        print(
            f"{name}: {PARTS[name](given.share, given.seed)} ({time.monotonic() - begun:.0f} s)", flush=True
        )


if __name__ == "__main__":
    main()
