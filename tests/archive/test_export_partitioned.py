"""Parquet by month and site: read by others as one table, and only what changed is written again."""

import sqlite3

import pytest

from archive.exports import ExportError
from archive.exports.partitioned import NAME, export_partitioned
from tests.bench.archive import make_archive
from tests.scrapy_process import run_scrapy

duckdb = pytest.importorskip("duckdb")
ROWS = 1500


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Articles of three months and two sites, some without a time."""
    data = tmp_path_factory.mktemp("partitioned") / "data"
    make_archive(data, ROWS, characters=120)
    with sqlite3.connect(data / "archive.db") as conn:
        conn.execute(
            "UPDATE articles SET published_at = date(published_at, '+' || (arrival % 3) || ' months') || 'T04:00:00Z'"
        )
        conn.execute("UPDATE articles SET site = 'web:a/b' WHERE arrival % 10 = 0")
        conn.execute("UPDATE articles SET headline = '营收' || headline WHERE arrival = 7")
    return data


@pytest.fixture
def exported(archive, tmp_path):
    dest = tmp_path / "lake"
    export_partitioned(archive, dest)
    return dest


def count(archive, where="1"):
    with sqlite3.connect(archive / "archive.db") as conn:
        return conn.execute(f"SELECT count(*) FROM articles WHERE {where}").fetchone()[0]


def test_duckdb_reads_it_as_one_table(archive, exported):
    table = f"read_parquet('{exported}/**/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"SELECT count(*) FROM {table}").fetchall() == [(ROWS,)]
    by_site = dict(duckdb.sql(f"SELECT site, count(*) FROM {table} GROUP BY 1").fetchall())
    assert by_site == {"finews": ROWS - ROWS // 10, "web:a/b": ROWS // 10}
    [found] = duckdb.sql(
        f"SELECT count(*) FROM {table} WHERE month = '2022-02' AND site = 'finews'"
    ).fetchall()
    month = "strftime('%Y-%m', published_at, '+8 hours') = '2022-02'"
    assert found[0] == count(archive, f"site = 'finews' AND {month}") > 100
    untimed = duckdb.sql(f"SELECT count(*), count(published_at) FROM {table} WHERE month IS NULL").fetchall()
    assert untimed == [(count(archive, "published_at IS NULL"), 0)]
    assert duckdb.sql(f"SELECT headline FROM {table} WHERE headline LIKE '营收%'").fetchall()
    kinds = dict(
        duckdb.sql(
            f"SELECT column_name, column_type FROM (DESCRIBE SELECT published_at, securities FROM {table})"
        ).fetchall()
    )
    assert kinds == {"published_at": "TIMESTAMP WITH TIME ZONE", "securities": "VARCHAR[]"}


def test_polars_and_pyarrow_read_it_as_one_table(exported):
    polars = pytest.importorskip("polars")
    dataset = pytest.importorskip("pyarrow.dataset")
    lazy = polars.scan_parquet(exported / "**/*.parquet", hive_partitioning=True)
    sites = lazy.group_by("site").len().collect().to_dict(as_series=False)
    assert dict(zip(sites["site"], sites["len"], strict=True)) == {
        "finews": ROWS - ROWS // 10,
        "web:a/b": ROWS // 10,
    }
    table = dataset.dataset(exported, format="parquet", partitioning="hive")
    assert table.count_rows() == ROWS
    assert table.count_rows(filter=dataset.field("month").is_null()) > 0
    assert {"month", "site", "body_text"} <= set(table.schema.names)


def test_only_partitions_that_changed_are_written_again(archive, exported):
    files = {path: path.stat().st_mtime_ns for path in exported.rglob(NAME)}
    same = export_partitioned(archive, exported)
    assert (same.written, same.removed, same.articles, same.partitions) == (0, 0, ROWS, len(files))
    with sqlite3.connect(archive / "archive.db") as conn:
        conn.execute("UPDATE articles SET headline = '改了' WHERE arrival = 8")
    changed = export_partitioned(archive, exported)
    assert changed.written == 1
    assert sum(path.stat().st_mtime_ns != before for path, before in files.items()) == 1
    with sqlite3.connect(archive / "archive.db") as conn:
        conn.execute(
            "INSERT INTO article_feeds SELECT id, 'extra', first_seen_at FROM articles WHERE arrival = 11"
        )
    assert export_partitioned(archive, exported).written == 1
    assert export_partitioned(archive, exported, ["id", "headline"]).written == len(files)


def test_a_partition_without_articles_goes(archive, tmp_path, exported):
    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(archive / "archive.db") as source, sqlite3.connect(data / "archive.db") as copy:
        source.backup(copy)
        copy.execute("DELETE FROM articles WHERE site = 'web:a/b' AND published_at IS NULL")
        copy.execute("DELETE FROM texts WHERE article_id NOT IN (SELECT id FROM articles)")
    done = export_partitioned(data, exported)
    assert (done.removed, done.written) == (1, 0)
    assert not (exported / "month=__HIVE_DEFAULT_PARTITION__/site=web%3Aa%2Fb").exists()


def test_other_folders_are_left_alone(archive, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="neither empty nor an earlier export"):
        export_partitioned(archive, tmp_path)


def test_the_command(archive, tmp_path):
    words = ["export", "--partitioned", tmp_path / "lake", "-s", f"DATA_DIR={archive}"]
    done = run_scrapy(*words)
    assert done.returncode == 0, done.stderr
    assert f"{ROWS:,} articles in " in done.stdout
    assert "0 written (0 B), 0 removed" in run_scrapy(*words).stdout
    assert run_scrapy(*words, "--since", "2026-01-01").returncode == 2
