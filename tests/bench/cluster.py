"""``python -m tests.bench.cluster``: a crawl shared by 1, 2 and 4 workers through Redis, what Redis costs, and the merge.

The sites are many hosts on loopback that answer after `LATENCY` seconds, as sites do; CPU seconds are those of whole processes. On a
machine with few cores four workers share them, so pages a second beyond the cores say more of the machine than of the queue.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crawler.cluster.leases import Leases
from crawler.cluster.open_queue import open_queue
from crawler.cluster.queue import PARTITIONS, entries_of, partition_of
from crawler.cluster.worker import Worker
from tests.bench.archive import archive_in
from tests.bench.cost import ROOT, SCRAPY, cost_of
from tests.redis_server import RedisServer

HOSTS, LATENCY = 40, 0.1

SITES = """
import asyncio, sys
from tests.websites import PARAGRAPHS, news_page

async def answer(reader, writer):
    try:
        while line := await reader.readline():
            path = line.split()[1].decode()
            while (await reader.readline()).strip():
                pass
            await asyncio.sleep(float(sys.argv[1]))
            body, status = (b"", "404 Not Found") if path == "/robots.txt" else (
                news_page(f"第{path}篇报道", paragraphs=(f"{path}。{PARAGRAPHS[0]}", *PARAGRAPHS[1:])), "200 OK")
            head = f"HTTP/1.1 {status}\\r\\nContent-Type: text/html; charset=utf-8\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n"
            writer.write(head.encode() + body)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def cpu_of(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds of a process, waited for. Raises RuntimeError where it ends badly."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def crawl(server: RedisServer, port: int, workers: int, links: int, folder: Path) -> None:
    """Print how long *workers* take for *links*, and what the merge of their shards takes."""
    urls = [f"http://h{n % HOSTS}.example/a/{n + 10_000}.html" for n in range(links)]
    open_queue(server.url).add(entries_of(urls, [], []))
    settings = {
        "QUEUE": server.url, "CONNECT_TO": f"*=127.0.0.1:{port}", "LOG_LEVEL": "ERROR", "SEARCH_INDEX": False,
        "AUTOTHROTTLE_ENABLED": False, "IMAGES_ENABLED": False,
    }  # fmt: skip
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    begun = time.monotonic()
    shards = [folder / f"shard{number}" for number in range(workers)]
    processes = [
        subprocess.Popen(
            [*SCRAPY, "crawl", "share", "-a", "once=1", *flags, "-s", f"DATA_DIR={shard}"], cwd=ROOT
        )
        for shard in shards
    ]
    spent = sum(map(cpu_of, processes))
    seconds = time.monotonic() - begun
    merged, _ = cost_of([*SCRAPY, "merge", *map(str, shards), "-s", f"DATA_DIR={folder / 'main'}"])
    print(
        f"{workers} workers: {links / seconds:6.1f} pages/s, {1000 * spent / links:5.1f} ms CPU a page; merge {1000 * merged.cpu / links:.1f} ms CPU a page",
        flush=True,
    )


def redis_costs(server: RedisServer, links: int) -> None:
    """Print what the server spends on a link from enqueue to acknowledgement, and the memory of queued ones."""
    queue, client = open_queue(server.url), server.client()

    def cpu() -> float:
        info = client.info("cpu")
        return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])

    before, memory = cpu(), int(client.info("memory")["used_memory"])
    urls = (f"http://h{n % 2000}.example/news/2026/11/30/article-{n}.html" for n in range(links))
    queue.add((host, fields) for url in urls for host, fields in entries_of([url], [], []))
    put = cpu()
    held = int(client.info("memory")["used_memory"]) - memory
    worker = Worker(queue, server.url, 600.0, True, 16)
    leases: Leases = worker.leases
    lengths = queue.lengths()
    for partition in leases.spread(lengths, ()):
        worker.lent.take_over(partition)
    while taken := worker.lent.read(leases.mine, 8, None):
        worker.lent.take_off(taken)
    done = cpu()
    worker.close()
    assert not any(queue.lengths())
    print(
        f"Redis: {1e6 * (put - before) / links:.1f} µs CPU to queue a link, {1e6 * (done - put) / links:.1f} to hand it out and take it off "
        f"({links / (done - before):,.0f} links a second and core); {held / links:.0f} bytes a queued link",
        flush=True,
    )


def merge_costs(articles: int, folder: Path) -> None:
    """Print CPU seconds and memory of merging *articles* of 1,400 characters with search and stories, and of merging them again."""
    shard = archive_in(folder, articles, 1400)
    for what in ("merge", "again"):
        cost, _ = cost_of([*SCRAPY, "merge", str(shard), "-s", f"DATA_DIR={folder / 'merged'}"])
        print(
            f"{what}: {articles:,} articles of 1,400 characters, {cost.cpu:.1f} CPU seconds, {cost.rss:.0f} MB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=1200)
    parser.add_argument("--queued", type=int, default=200_000)
    parser.add_argument("--articles", type=int, default=10_000)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        merge_costs(args.articles, folder)
        (folder / "redis").mkdir()
        with RedisServer(folder / "redis") as server:
            redis_costs(server, args.queued)
            sites = subprocess.Popen(
                [sys.executable, "-c", SITES, str(LATENCY)], cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            assert sites.stdout is not None
            port = int(sites.stdout.readline())
            try:
                for workers in (1, 2, 4):
                    crawl(server, port, workers, args.links, folder / str(workers))
            finally:
                sites.terminate()
                sites.wait()
    finally:
        shutil.rmtree(folder)
    print(
        json.dumps(
            {"partitions": PARTITIONS, "hosts": len({partition_of(f"h{n}.example") for n in range(HOSTS)})}
        )
    )


if __name__ == "__main__":
    main()
