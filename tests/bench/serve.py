"""``python -m tests.bench.serve COUNT IMAGES``: a newsroom whose detail JSON has headline, time and source, so that one
request makes an article, for us and for the peers alike. Prints its origin."""

import sys
import threading
from dataclasses import replace

from tests.newsroom.server import Newsroom, generate


def main(count: int, images: int) -> None:
    """Serve until the process is ended."""
    articles = [
        replace(one, detail_extra={"title": one.title, "showtime": one.showtime, "source": one.source})
        for one in generate(count, images)
    ]
    with Newsroom(articles) as room:
        room.warm()
        print(room.origin, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
