"""Four workers and a real Redis, and what goes wrong with machines: nothing is lost, nothing doubled, no host is hurried."""

import os
import random
import signal
import sqlite3
import time
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from tests.newsroom.server import HTML, Reply
from tests.redis_server import RedisServer
from tests.scrapy_process import run_scrapy, start_scrapy
from tests.websites import PARAGRAPHS, news_page

LINKS, HOSTS, WORKERS, KILLS = 2000, 50, 4, 30
DELAY, LEASE = 0.25, 3.0
SENT_ALREADY = 4  # requests to a host that a worker may have sent or begun when it lost the host's lease


@pytest.fixture
def hosts(newsroom):
    """Times of the requests to each host; each serves any number of articles."""
    asked = defaultdict(list)
    for number in range(HOSTS):
        host = f"h{number}.example"

        def answer(path, headers, host=host):
            asked[host].append((time.monotonic(), path))
            if path == "/robots.txt":
                return Reply(b"", "text/plain", 404)
            # One text each, or copies would be found among all of them.
            return Reply(
                news_page(f"{host}的第{path}篇报道", paragraphs=(f"{path}。{PARAGRAPHS[len(path) % 4]}",)),
                HTML,
            )

        newsroom.hosts[host] = answer
    return asked


def busiest(times, span):
    """The most requests within any *span* of seconds."""
    times = sorted(times)
    return max(sum(1 for other in times if moment <= other < moment + span) for moment in times)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_a_zombie_and_a_restart_of_redis_lose_and_double_nothing(newsroom, hosts, tmp_path):
    dice = random.Random(19)
    links = [f"http://h{n % HOSTS}.example/a/{n + 10_000}.html" for n in range(LINKS)]
    (tmp_path / "links.txt").write_text("\n".join(links))
    (tmp_path / "redis").mkdir()
    with RedisServer(tmp_path / "redis") as server:
        settings = {
            "QUEUE": server.url, "QUEUE_LEASE": LEASE, "CONNECT_TO": f"*=127.0.0.1:{urlsplit(newsroom.origin).port}",
            "DOWNLOAD_DELAY": DELAY, "RANDOMIZE_DOWNLOAD_DELAY": False, "CONCURRENT_REQUESTS": 32, "CAPTURES": False,
            "SEARCH_INDEX": False, "LOG_LEVEL": "WARNING", "IMAGES_ENABLED": False,
        }  # fmt: skip
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        assert run_scrapy("enqueue", "-a", f"urls={tmp_path / 'links.txt'}", *flags).returncode == 0
        shards = [tmp_path / f"shard{number}" for number in range(WORKERS)]

        def start(number):
            return start_scrapy("crawl", "share", "-a", "once=1", *flags, "-s", f"DATA_DIR={shards[number]}")

        workers = [start(number) for number in range(WORKERS)]
        client, kills, restarted, zombie = server.client(), 0, False, None
        asked_before = 0
        while kills < KILLS:
            # A kill for every so many requests, so that it does not matter how fast this machine is.
            asked = sum(map(len, hosts.values()))
            if asked - asked_before < LINKS // (KILLS + 10):
                time.sleep(0.02)
                continue
            asked_before = asked
            number = dice.randrange(WORKERS)
            os.kill(workers[number].pid, signal.SIGKILL)
            workers[number].wait()
            workers[number] = start(number)
            kills += 1
            if kills == KILLS // 3:
                server.kill()
                server.start()
                restarted = True
            if kills == KILLS // 2:
                held = {client.get(key) for key in client.scan_iter("finews:*:owner")}
                zombie = next(
                    one for one in workers if any(f"-{one.pid}-" in (owner or "") for owner in held)
                )
                os.kill(zombie.pid, signal.SIGSTOP)
                name = next(owner for owner in held if owner and f"-{zombie.pid}-" in owner)
                while name in {client.get(key) for key in client.scan_iter("finews:*:owner")}:
                    time.sleep(0.1)
                os.kill(zombie.pid, signal.SIGCONT)
        assert restarted
        assert zombie is not None
        ends = [worker.wait(300) for worker in workers]
        assert {end.returncode for end in ends} <= {0, 3}, [end.stderr[-800:] for end in ends]  # 3: put aside
        # A kill every second hits some link again and again, as if it were the cause: then it is listed, and comes at the second go.
        assert client.xlen("finews:dead") <= 5
        run_scrapy("enqueue", "-a", "dead=1", *flags)
        again = run_scrapy("crawl", "share", "-a", "once=1", *flags, "-s", f"DATA_DIR={shards[0]}")
        assert again.returncode == 0, again.stderr
        assert sum(client.xlen(key) for key in client.scan_iter("finews:*:links")) == 0
    state = run_scrapy("merge", *shards, "-s", f"DATA_DIR={tmp_path / 'main'}", "-s", "SEARCH_INDEX=False")
    assert state.returncode == 0
    rows = rows_of(tmp_path / "main")
    assert {url for url, _, _ in rows} == set(links)
    # unchanged: its worker died after it had archived the article, and before it took the link off.
    assert {outcome for _, outcome, _ in rows} <= {"archived", "unchanged"}
    assert len({article for _, _, article in rows}) == LINKS
    assert counted(tmp_path / "main", "articles") == LINKS
    assert counted(tmp_path / "main", "revisions") == 0
    for host, requests in hosts.items():
        times = [moment for moment, path in requests if path != "/robots.txt"]
        assert busiest(times, 4.0) <= 4.0 / DELAY + 1 + SENT_ALREADY, host


def connected(folder):
    return sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)


def rows_of(folder):
    return connected(folder).execute("SELECT url, outcome, article_id FROM links").fetchall()


def counted(folder, table):
    return connected(folder).execute(f"SELECT count(*) FROM {table}").fetchone()[0]
