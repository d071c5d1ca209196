"""``python -m tests.newsroom [--port N] [--count N [--images K]] [--demo]``: the newsroom as a process of its own.

The first line printed is its origin. Without ``--count`` it serves the sample articles and prints their share links;
with it, as many generated ones; ``--demo`` serves both.
"""

from __future__ import annotations

import argparse
import contextlib
import threading

from tests.newsroom.server import Newsroom, generate, samples


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--count", type=int, default=0, help="generated articles")
    parser.add_argument("--images", type=int, default=0, help="pictures in each of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--demo", action="store_true", help="the sample articles, too, where --count is given"
    )
    args = parser.parse_args()
    made = samples() if args.demo or not args.count else []
    with Newsroom(made + generate(args.count, args.images, args.seed), port=args.port) as room:
        room.warm()
        print(room.origin, flush=True)
        for article in made:
            print(room.share_link(article), article.name, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
