"""``sqlite-utils search archive.db articles 储能``: a plugin that has it ask the view ``search``.

It would ask a full-text index that belongs to the table, in FTS5's own language. Databases that are not ours it still searches so.
"""

from __future__ import annotations

import copy
from typing import Any

import click
from sqlite_utils import Database, hookimpl

from archive.search.of_tables import key_of_articles


def search_sql(
    db: Database, table: str, columns: tuple[str, ...], order: str | None, limit: int | None
) -> str | None:
    """SQL that finds the rows of a table, or view, by ``:query``; None where the database has no search of ours.

    Raises click.ClickException where the rows belong to no article.
    """
    if not {"search", "search_words"} <= set(db.view_names()):
        return None
    if table.startswith("search"):
        table = "search"
        source, rank = "search AS original WHERE q = :query", "rank"
    else:
        key = key_of_articles(list(db[table].columns_dict))
        if key is None:
            raise click.ClickException(f"Rows of '{table}' have no text to search: try articles or news")
        hits = f"SELECT {'arrival' if key == 'arrival' else 'id'} AS hit, rank AS hit_rank FROM search WHERE q = :query"
        source, rank = f"{table} AS original JOIN ({hits}) ON original.{key} = hit", "hit_rank"
    table_columns = db[table].columns_dict
    for name in columns:
        if name not in table_columns:
            raise click.ClickException(f"Table '{table}' has no column '{name}'")
    selected = ", ".join(f'original."{name}"' for name in columns) or "original.*"
    limited = f" LIMIT {limit}" if limit is not None else ""
    return f"SELECT {selected} FROM {source} ORDER BY {order or rank}{limited}"


@hookimpl
def register_commands(cli: click.Group) -> None:
    theirs, query = cli.commands["search"], cli.commands["query"]

    def search(**options: Any) -> Any:
        db = Database(options["path"])
        if options["dbtable"] not in {*db.table_names(), *db.view_names()}:
            raise click.ClickException(f"Table '{options['dbtable']}' does not exist")
        sql = search_sql(db, options["dbtable"], options["column"], options["order"], options["limit"])
        db.close()
        if sql is None:
            return theirs.callback and theirs.callback(**options)
        if options["show_sql"]:
            return click.echo(sql)
        passed = {name: value for name, value in options.items() if name in {p.name for p in query.params}}
        return click.get_current_context().invoke(query, **passed, sql=sql, param=[("query", options["q"])])

    ours = copy.copy(theirs)
    ours.callback = search
    cli.add_command(ours)
