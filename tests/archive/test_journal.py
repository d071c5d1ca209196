"""The journal in captures.db: what is written together, what a merge brings, what forgetting leaves."""

from archive.captures import Captures
from archive.journal import Noted, journal, readings_of
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
