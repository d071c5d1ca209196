"""Several archives at a glance: the shards of machines that crawl together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.language import gettext
from archive.terminal import fit_width
from archive.times import ago, in_beijing

WIDTHS = (30, 14, 15, 10, 16)
"""Columns of a terminal that the cells of a line take."""


def sum_up(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the reports of `archive.health` come to together."""
    return {
        "articles": sum(report["articles"]["count"] for report in reports),
        "failing_links": sum(link["count"] for report in reports for link in report["links"]),
        "running": sum(report["running"] is not None for report in reports),
        "bytes": sum(report["disk"]["archive"] + report["disk"]["images"] for report in reports),
    }


def format_shards(
    reports: Sequence[dict[str, Any]], problems: Sequence[dict[str, Any]], now: datetime, paint: Any
) -> list[str]:
    """One line a shard, what they come to, and what is wrong with any, or (*problems*) with what they share."""
    healthy = not problems and all(report["healthy"] for report in reports)
    verdict = paint(gettext("healthy"), "green") if healthy else paint(gettext("not healthy"), "red")
    status = max(entry["exit_status"] for entry in (*reports, *problems))
    time = in_beijing(reports[0]["at"], "%Y-%m-%d %H:%M")
    head = (
        gettext("shard"),
        gettext("articles"),
        gettext("failing links"),
        gettext("running"),
        gettext("last good run"),
    )
    out = [f"{verdict} ({status})  {gettext('{time} Beijing time', time=time)}"]
    out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in problems]
    out.append("")
    out.append(paint(_columns(head), "bold"))
    for report in reports:
        cells = (
            Path(report["data_dir"]).name,
            f"{report['articles']['count']:,}",
            f"{sum(link['count'] for link in report['links']):,}",
            gettext("yes") if report["running"] else gettext("no"),
            ago(report["last_good_at"], now),
        )
        out.append(_columns(cells))
        out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in report["problems"]]
    total = sum_up(reports)
    running = f"{total['running']:,}/{len(reports):,}"
    out.append(
        _columns((gettext("together"), f"{total['articles']:,}", f"{total['failing_links']:,}", running, ""))
    )
    return out


def _columns(cells: Sequence[str]) -> str:
    return "".join(fit_width(cell, width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
