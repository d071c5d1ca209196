"""The journal in captures.db: what is written together, what a merge brings, what forgetting leaves."""

from archive.captures import Captures
from archive.captures.journal import Noted, journal, readings_of
from archive.merge.captures import merge_captures


def written(folder, *batches, crawl_id=None):
    folder.mkdir(exist_ok=True)
    with Captures(folder / "captures.db").open() as captures:
        captures.batch.crawl_id = crawl_id
        for batch in batches:
            captures.note(batch)
            captures.flush()
    return folder


def entries(folder):
    with Captures.read(folder) as captures:
        return [(entry.batch, entry.kind, entry.article_id, entry.entry) for entry in journal(captures.db)]


ARTICLE = Noted("2026-02-21T08:00:00Z", "article", "paper:1", {"page": "c1", "captures": ["c1"]})
LINK = Noted("2026-02-21T08:00:00Z", "link", None, {"url": "ftp://x", "outcome": "refused"})
LATER = Noted("2026-02-22T08:00:00Z", "article", "paper:1", {"page": "c2", "captures": ["c2"]})


def test_batches_keep_their_order(tmp_path):
    folder = written(tmp_path / "data", [ARTICLE, LINK], [LATER])
    assert [(batch, kind) for batch, kind, _, _ in entries(folder)] == [
        (1, "article"),
        (1, "link"),
        (3, "article"),
    ]
    with Captures.read(folder) as captures:
        assert [reading.entry["page"] for reading in readings_of(captures.db, "paper:1")] == ["c1", "c2"]
        assert [entry.id for entry in journal(captures.db, after=2)] == [3]


def test_a_merge_puts_readings_in_the_order_of_time(tmp_path):
    """The later text must be read again last, whichever archive it came from; what a crawl wrote stays as it wrote it."""
    noon, evening = (
        Noted(f"2026-02-21T{hour}:00:00Z", "article", "paper:1", {"page": f"c{hour}"}) for hour in (12, 18)
    )
    back = LATER._replace(noted_at="2026-02-20T08:00:00Z")  # the clock was put back meanwhile
    shards = [
        written(tmp_path / "first", [ARTICLE, LINK], [evening], crawl_id="first"),
        written(tmp_path / "second", [noon], [LATER, back], crawl_id="second"),
    ]
    found = []
    for name, order in (("a", shards), ("b", shards[::-1]), ("c", [*shards, *shards])):
        main = written(tmp_path / name)
        with Captures(main / "captures.db").open() as captures:
            for shard in order:
                merge_captures(captures, shard, [], [])
        found.append(entries(main))
    assert found[0] == found[1] == found[2]
    assert [(batch, entry.get("page")) for batch, _, _, entry in found[0]] == [
        (1, "c1"), (1, None), (3, "c12"), (4, "c18"), (5, "c2"), (5, "c2"),
    ]  # fmt: skip


def test_a_merge_brings_what_is_lacking_once(tmp_path):
    main = written(tmp_path / "main", [ARTICLE])
    shard = written(tmp_path / "shard", [ARTICLE], [LINK, LATER])
    taken = written(tmp_path / "taken", [Noted("2026-02-23T08:00:00Z", "article", "paper:2", {"page": "c3"})])
    with Captures(main / "captures.db").open() as captures:
        for _ in range(2):
            merge_captures(captures, shard, [], [])
            merge_captures(captures, taken, [], [], forgotten=["paper:2"])
    assert [(kind, entry.get("page")) for _, kind, _, entry in entries(main)] == [
        ("article", "c1"),
        ("link", None),
        ("article", "c2"),
    ]
