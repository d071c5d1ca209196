"""``python -m tests.soak [--share 1.0] [PART ...]``: all parts, or some; ``--share 0.1`` does a tenth of each.

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

PARTS: dict[str, Callable[[float], str]] = {
    "polls": lambda share: poll_for_long(round(500 * share)),
    "answers": lambda share: send_malformed(round(20_000 * share)),
    "steps": lambda share: kill_at_points(share),
    "writes": lambda share: kill_at_points(share, writes=True),
    "kills": lambda share: kill_at_random(round(100 * share)),
    "inputs": lambda share: mutate_inputs(600 * share),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}")
    parser.add_argument("--share", type=float, default=1.0, help="how much of each, 1.0: all")
    given = parser.parse_args()
    for name in given.parts or PARTS:
        begun = time.monotonic()
        print(f"{name}: {PARTS[name](given.share)} ({time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
