"""A queue that crawls share, in a real Redis: links in, leases, acknowledgement after the commit, links that end workers."""

import asyncio
import json
import time

import pytest

from archive.writer import Archive
from crawler.cluster import QueueProblem
from crawler.cluster.leases import Leases
from crawler.cluster.open_queue import open_queue
from crawler.cluster.queue import GROUP, PARTITIONS, entries_of, partition_of
from crawler.cluster.worker import SUSPECT, TRIALS, Worker
from tests.crawler.test_source_crawls import World
from tests.newsroom.portals import Portals
from tests.redis_server import RedisServer, redis_process, redis_server  # noqa: F401 (fixtures)
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

pytestmark = pytest.mark.slow  # a Redis server and many workers

LEASE = 0.4


@pytest.fixture
def queue(redis_server):  # noqa: F811
    return open_queue(redis_server.url)


def put(queue, *urls):
    return queue.add(entries_of(urls, [], []))


def worker(queue, server, once=True, lease=30.0):
    return Worker(queue, server.url, lease, once, 16)


def run(worker, each, settle=lambda: None, give_up=None):
    """Take links until the queue is done; *each* gets them."""

    async def take():
        async for taken in worker.links(settle, give_up or (lambda taken: None)):
            each(taken)

    try:
        asyncio.run(asyncio.wait_for(take(), 20))
    finally:
        worker.close()


def finish(worker):
    """A link that ends at once, and is committed."""

    def each(taken):
        worker.ended(taken.url)
        worker.committed([taken.url])

    return each


def test_a_link_is_queued_once_at_a_time(queue, redis_server):  # noqa: F811
    assert put(queue, "http://a.example/1.html", "http://a.example/2.html", "http://a.example/1.html") == (
        3,
        2,
    )
    assert put(queue, "http://a.example/1.html") == (1, 0)
    one = worker(queue, redis_server)
    run(one, finish(one))
    assert put(queue, "http://a.example/1.html") == (1, 1)


def test_all_links_of_a_host_are_in_one_partition():
    links = [f"http://a.example/{n}.html" for n in range(9)] + ["not a link"]
    hosts = [host for host, _ in entries_of(links, [], [])]
    assert hosts == ["a.example"] * 9 + [""]
    assert 0 <= partition_of("a.example") < PARTITIONS


def test_nothing_is_left_once_all_is_committed(queue, redis_server):  # noqa: F811
    put(queue, *(f"http://h{n}.example/{n}.html" for n in range(40)))
    one, seen = worker(queue, redis_server), []

    def each(taken):
        seen.append(taken.url)
        finish(one)(taken)

    run(one, each)
    assert len(set(seen)) == len(seen) == 40
    state = queue.state()
    assert (state["links"], state["taken"], state["workers"], state["lag"]) == (0, 0, [], None)
    kinds = {key.rpartition(":")[2] for key in redis_server.client().scan_iter()}
    assert kinds <= {"links"}


def test_a_link_stays_until_its_outcome_is_committed(queue, redis_server):  # noqa: F811
    put(queue, "http://a.example/1.html")
    one = worker(queue, redis_server, once=False)

    async def take():
        async for taken in one.links(lambda: None, lambda taken: None):
            one.ended(taken.url)
            await asyncio.sleep(0.3)
            return

    asyncio.run(take())
    assert queue.state()["taken"] == 1
    one.close()  # as on SIGTERM: the next worker has it at once, and it counts as never taken
    other, found = worker(queue, redis_server), []

    def each(taken):
        found.append(taken.deliveries)
        finish(other)(taken)

    run(other, each)
    assert found == [1]
    assert queue.state()["links"] == 0


def test_a_partition_has_one_owner_and_is_taken_over_when_the_lease_ends(queue, redis_server):  # noqa: F811
    put(queue, "http://a.example/1.html")
    lengths, partition = queue.lengths(), partition_of("a.example")
    one, other = Leases(queue, LEASE), Leases(queue, LEASE)
    assert one.spread(lengths, ()) == [partition]
    assert other.spread(lengths, ()) == []
    assert one.holds(partition)
    one.renew()
    deadline = time.monotonic() + 5
    while one.holds(partition):
        assert time.monotonic() < deadline
    while not other.spread(lengths, ()):  # Redis ends it a little later than its owner does
        assert time.monotonic() < deadline
    one.renew()
    assert not one.holds(partition)
    assert other.holds(partition)


def test_a_worker_without_its_lease_writes_nothing_and_takes_nothing_off(queue, redis_server, tmp_path):  # noqa: F811
    put(queue, "http://a.example/1.html", "http://b.example/1.html")
    late, client = worker(queue, redis_server, once=False), redis_server.client()
    archive = Archive(tmp_path).open()
    archive.gate = late

    async def take():
        number = 0
        async for taken in late.links(lambda: None, lambda taken: None):
            archive.end_link(taken.url, None, "gone", "404")
            number += 1
            if number == 2:
                break
        # As after a SIGSTOP: another worker has the host of the first link by now.
        late.leases._until[partition_of("a.example")] = 0.0
        client.set(queue.owner(partition_of("a.example")), "another")
        archive.flush()
        late.take_off()

    asyncio.run(take())
    assert [row["url"] for row in archive.conn.execute("SELECT url FROM links")] == [
        "http://b.example/1.html"
    ]
    assert queue.state()["links"] == 1
    # Nor may it take off what it has committed a moment before it lost the lease.
    late.done.append(next(iter([_taken(queue, "a.example")])))
    late.take_off()
    assert queue.state()["links"] == 1
    archive.close()
    late.close()


def _taken(queue, host):
    from crawler.cluster.lent import Taken

    [(entry_id, fields)] = queue.client.xrange(queue.stream(partition_of(host)))
    return Taken(partition_of(host), entry_id, fields)


def test_partitions_are_shared_out_and_kept(queue, redis_server):  # noqa: F811
    put(queue, *(f"http://h{n}.example/1.html" for n in range(60)))
    lengths = queue.lengths()
    full = sum(map(bool, lengths))
    one, other = Leases(queue, 30), Leases(queue, 30)
    assert len(one.spread(lengths, ())) == full
    other.spread(lengths, ())
    one.spread(
        lengths, one.mine
    )  # all busy: what is beyond the share is not taken from any more, and kept for now
    assert len(one.mine) == full
    assert len(one.surplus) == full // 2
    one.spread(lengths, ())
    other.spread(lengths, ())
    assert {len(one.mine), len(other.mine)} == {full // 2, full - full // 2}
    nothing = [0] * PARTITIONS
    one.spread(nothing, ())
    assert one.mine  # an idle worker lets go of nothing


def test_a_link_that_ends_its_workers_runs_alone_and_is_put_aside(queue, redis_server):  # noqa: F811
    poison = "http://a.example/poison.html"
    put(queue, poison, *(f"http://a.example/{n}.html" for n in range(20)))
    crashes, ended = 0, []
    while True:
        one, alone = worker(queue, redis_server), []

        def each(taken, one=one, alone=alone):
            if taken.url == poison:
                alone.append([url for url in one.open if url != poison])
                raise SystemExit  # as by kill -9: nothing is released
            ended.append(taken.url)
            finish(one)(taken)

        def give_up(taken, one=one):
            one.ended(taken.url)
            one.committed([taken.url])

        async def take(one=one, each=each, give_up=give_up):
            async for taken in one.links(lambda: None, give_up):
                each(taken)

        try:
            asyncio.run(asyncio.wait_for(take(), 20))
            break
        except SystemExit:
            crashes += 1
            if crashes > SUSPECT + 1:
                assert alone == [[]]  # its neighbours had ended
            queue.client.delete(
                *(queue.owner(partition) for partition in range(PARTITIONS)), "finews:workers"
            )
    one.close()
    assert crashes == SUSPECT + TRIALS
    assert sorted(set(ended)) == sorted(f"http://a.example/{n}.html" for n in range(20))
    [dead] = queue.dead()
    assert dead["url"] == poison
    assert "put aside: its worker died 6 times while it was under way" in dead["reason"]
    assert queue.state()["links"] == 0
    assert queue.revive([], []) == 1
    assert (queue.state()["links"], queue.dead()) == (1, [])


def test_links_whose_answer_was_lost_are_taken_all_the_same(queue, redis_server):  # noqa: F811
    put(queue, *(f"http://a.example/{n}.html" for n in range(9)))
    one, ended = worker(queue, redis_server), []
    stream = queue.stream(partition_of("a.example"))

    def each(taken):
        if not ended:  # as where the connection breaks between the server and this worker
            assert queue.client.xreadgroup(GROUP, one.leases.me, {stream: ">"}, count=3)
        ended.append(taken.url)
        finish(one)(taken)

    run(one, each)
    assert sorted(ended) == sorted(f"http://a.example/{n}.html" for n in range(9))


def test_a_lease_that_seemed_lost_and_was_not_costs_no_link(queue, redis_server, tmp_path):  # noqa: F811
    put(queue, *(f"http://a.example/{n}.html" for n in range(3)))
    one, asked = worker(queue, redis_server), []
    archive = Archive(tmp_path).open()
    archive.gate = one

    def each(taken):
        asked.append(taken.url)
        archive.end_link(taken.url, None, "gone", "404")
        if len(asked) == 2:  # this worker was slow to renew
            one.leases._until[taken.partition] = 0.0
            archive.flush()
            one.leases.renew()
        archive.flush()

    run(one, each)
    assert len(asked) == 4
    assert archive.conn.execute("SELECT count(*) FROM links").fetchone()[0] == 3
    archive.close()


def test_redis_may_restart(tmp_path):
    with RedisServer(tmp_path) as server:
        queue = open_queue(server.url)
        put(queue, *(f"http://h{n}.example/1.html" for n in range(30)))
        one, ended = worker(queue, server), []

        def each(taken):
            ended.append(taken.url)
            if len(ended) == 10:
                server.kill()
                server.start()
            finish(one)(taken)

        run(one, each)
        assert len(set(ended)) == 30
        assert queue.state()["links"] == 0


def test_an_emptied_database_is_begun_anew(queue, redis_server):  # noqa: F811
    put(queue, "http://a.example/1.html")
    one, ended = worker(queue, redis_server), []

    def each(taken):
        ended.append(taken.url)
        if len(ended) == 1:
            redis_server.client().flushall()
            put(queue, "http://a.example/2.html")
        finish(one)(taken)

    run(one, each)
    assert "http://a.example/2.html" in ended


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--appendonly", "no"), "appendonly is no, so links would be lost with the server. Put 'appendonly yes' into redis.conf"),
        (("--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"), "Put 'maxmemory-policy noeviction' into redis.conf"),
    ],
)  # fmt: skip
def test_a_server_that_would_lose_links_is_refused(tmp_path, option, message):
    with RedisServer(tmp_path, *option) as server:
        with pytest.raises(QueueProblem, match="redis-cli -h"):
            open_queue(server.url, check_it=True)
        done = run_scrapy(
            "crawl", "share", "-a", "once=1", "-s", f"QUEUE={server.url}", "-s", f"DATA_DIR={tmp_path}/data"
        )
        assert done.returncode == 2
        assert message in done.stderr


# -- commands ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sites(websites):
    """Links to twelve articles of four hosts."""
    return [
        websites.put(f"http://h{n % 4}.example/a/{n}.html", news_page(f"山南第{n}座储能电站并网"))
        for n in range(12)
    ]


def test_links_are_queued_and_crawled(redis_server, websites, sites, crawl, rows, tmp_path):  # noqa: F811
    (tmp_path / "links.txt").write_text("\n".join([*sites, "http://h1.example/none.html", "no link"]))
    given = ["-a", f"urls={tmp_path / 'links.txt'}", "-s", f"QUEUE={redis_server.url}"]
    first, again = run_scrapy("enqueue", *given), run_scrapy("enqueue", *given)
    assert first.stdout == f"14 links queued, 0 were queued already: {redis_server.url}\n"
    assert again.stdout == f"0 links queued, 14 were queued already: {redis_server.url}\n"
    done = crawl(
        "share", "once=1", QUEUE=redis_server.url, CONNECT_TO=websites.everywhere, LOG_LEVEL="WARNING"
    )
    assert done.returncode == 3, done.stderr
    assert {row["outcome"]: row["n"] for row in rows("SELECT outcome, count(*) AS n FROM links GROUP BY 1")} == {
        "archived": 12, "gone": 1, "refused": 1,
    }  # fmt: skip
    assert open_queue(redis_server.url).state()["links"] == 0


def test_what_enqueue_ends_with(redis_server, tmp_path):  # noqa: F811
    url = f"QUEUE={redis_server.url}"
    assert run_scrapy("enqueue", "-s", url).returncode == 2
    assert run_scrapy("enqueue", "-a", "urls=none.txt", "-s", url).returncode == 2
    assert run_scrapy("enqueue", "-a", "url=http://a.example/").returncode == 2
    away = run_scrapy(
        "enqueue", "-a", "url=http://a.example/1.html", "-s", "QUEUE=redis://:secret@127.0.0.1:9/0"
    )
    assert away.returncode == 69
    assert "secret" not in away.stderr
    one = run_scrapy("enqueue", "-a", "urls=-", "-s", url, stdin="http://a.example/1.html\n# no\n")
    assert one.stdout.startswith("1 link queued")


@pytest.mark.parametrize("argument", ["url=http://a.example/1.html", "once=yes"])
def test_arguments_that_do_not_go_with_a_queue(crawl, argument):
    done = crawl("share", argument, QUEUE="redis://127.0.0.1:9/0")
    assert done.returncode == 2
    assert argument.partition("=")[0] in done.stderr


def test_a_queue_keeps_its_group_name():
    assert GROUP == "workers"  # queues that are full when a newer version starts have it


# -- lists ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def poller(tmp_path):
    (tmp_path / "sources.toml").write_text(
        '[paper]\nurl = "https://paper.test/feed.xml"\npublisher = "早报"\n'
    )
    with Portals() as portals:
        yield World(portals, tmp_path)


def test_what_a_list_names_is_queued_with_its_words_and_crawled_by_others(redis_server, poller, tmp_path):  # noqa: F811
    poller.crawl("first", 0, "paper", QUEUE=redis_server.url)
    assert poller.runs["first"].returncode == 0, poller.runs["first"].stderr
    assert poller.details["first"] == []
    queue = open_queue(redis_server.url)
    assert queue.state()["links"] == 3
    poller.crawl(
        "again", 1, "paper", QUEUE=redis_server.url
    )  # queued is settled, whether or not it is archived here
    assert queue.state()["links"] == 3
    flags = {
        "QUEUE": redis_server.url, "CONNECT_TO": poller.portals.everywhere, "DOWNLOAD_VERIFY_CERTIFICATES": False,
        "DATA_DIR": tmp_path / "shard", "AUTOTHROTTLE_ENABLED": False, "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    words = [part for name, value in flags.items() for part in ("-s", f"{name}={value}")]
    done = run_scrapy("crawl", "share", "-a", "once=1", *words)
    assert (done.returncode, done.stderr) == (0, "")
    poller.folder = tmp_path / "shard"
    assert poller.counts() == {"paper": 3}
    [checks] = poller.rows("SELECT count(next_check_at) AS due FROM checks")
    assert checks == {"due": 3}
    assert {row["headline_from"] for row in poller.rows("SELECT headline_from FROM articles")} == {"feed"}


def test_a_poll_whose_queue_cannot_be_reached_counts_for_nothing(redis_server, poller):  # noqa: F811
    poller.crawl("away", 0, "paper", QUEUE="redis://127.0.0.1:9/0")
    assert poller.runs["away"].returncode == 3
    assert "redis://127.0.0.1:9/0 cannot be reached" in poller.runs["away"].stderr
    poller.crawl("back", 1, "paper", QUEUE=redis_server.url)
    assert open_queue(redis_server.url).state()["links"] == 3


# -- status -----------------------------------------------------------------------------------------------------------------


def test_status_shows_shards_together_and_the_queue(redis_server, websites, sites, crawl, tmp_path):  # noqa: F811
    queue, everywhere = open_queue(redis_server.url), {"CONNECT_TO": websites.everywhere}
    put(queue, *sites[:6])
    crawl("share", "once=1", QUEUE=redis_server.url, DATA_DIR=tmp_path / "one", **everywhere)
    put(queue, *sites[6:])
    crawl("share", "once=1", QUEUE=redis_server.url, DATA_DIR=tmp_path / "two", **everywhere)
    put(queue, *sites[:5])
    owner = Leases(queue, 30)
    owner.renew()
    owner.take(partition_of("h0.example"))
    asked = [tmp_path / "one", tmp_path / "two", "-s", f"QUEUE={redis_server.url}"]
    text = run_scrapy("status", *asked, "--min-free", "0")
    assert text.returncode == 0, text.stdout
    assert "together" in text.stdout
    assert "5 links, 0 of them taken; the oldest was queued" in text.stdout
    assert f"{owner.me}" in text.stdout
    queue.client.xadd(
        "finews:dead", {"url": "http://a.example/poison.html", "reason": "put aside: it ended its worker"}
    )
    bad = run_scrapy("status", *asked, "--json")
    report = json.loads(bad.stdout)
    assert (bad.returncode, report["exit_status"], report["healthy"]) == (8, 8, False)
    assert (report["articles"], len(report["shards"]), report["queue"]["links"]) == (12, 2, 5)
    assert report["queue"]["owners"] == {owner.me: {"partitions": 1, "links": 2}}
    assert report["queue"]["dead"][0]["url"] == "http://a.example/poison.html"
    away = run_scrapy("status", tmp_path / "one", "-s", "QUEUE=redis://127.0.0.1:9/0")
    assert away.returncode == 8
    assert "the queue redis://127.0.0.1:9/0 cannot be reached" in away.stdout
