"""A process that reads large pages, so that one which needs too much of anything can be ended: ``python -m crawler.reading_process``.

The kernel ends it after SECONDS of CPU time for one page, whatever it does, and gives it no more than BYTES of address
space. Requests come on standard input, answers go to standard output, each a pickle; both ends are this project's.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
from typing import Any

import crawler.listed_articles  # noqa: F401  (hands the user's decisions to the extraction layer)
from crawler.pages import load_sites
from crawler.reading import read_response
from pipelines.restored import restored

OUT_OF_MEMORY = "MemoryError"


def answer(request: tuple[Any, ...]) -> bytes:
    """The reading of a page, pickled; what it raised; or `OUT_OF_MEMORY`."""
    try:
        return pickle.dumps(read_response(*request))
    except MemoryError:
        return pickle.dumps(OUT_OF_MEMORY)
    except Exception as exc:
        return pickle.dumps(RuntimeError(f"{type(exc).__name__}: {exc}"))


def main(seconds: float, most_bytes: int) -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl, whose end is the end of our input
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a page object prints is no answer
    load_sites()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    while True:
        try:
            request, decisions = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        except MemoryError:
            out.write(pickle.dumps(OUT_OF_MEMORY))
            out.flush()
            return  # what is left of the request cannot be told from the next one
        restored.take_over(decisions)
        if seconds:
            used = resource.getrusage(resource.RUSAGE_SELF)
            resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))
        out.write(answer(request))
        out.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
