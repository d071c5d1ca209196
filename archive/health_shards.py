"""Several archives at a glance: the shards of machines that crawl together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.terminal import fit_width
from archive.times import ago, in_beijing


def sum_up(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the reports of `archive.health` come to together."""
    return {
        "articles": sum(report["articles"]["count"] for report in reports),
        "failing_links": sum(link["count"] for report in reports for link in report["links"]),
        "running": sum(report["running"] is not None for report in reports),
        "bytes": sum(report["disk"]["archive"] + report["disk"]["images"] for report in reports),
    }


def format_shards(reports: Sequence[dict[str, Any]], now: Any, paint: Any) -> list[str]:
    """One line a shard, what they come to, and what is wrong with any."""
    healthy = all(report["healthy"] for report in reports)
    verdict = paint("healthy", "green") if healthy else paint("not healthy", "red")
    status = max(report["exit_status"] for report in reports)
    out = [f"{verdict} ({status})  {in_beijing(reports[0]['at'], '%Y-%m-%d %H:%M')} Beijing time", ""]
    out.append(
        paint(f"{'shard':30}{'articles':>10}{'failing':>9}{'  running':12}{'last good run':>15}", "bold")
    )
    for report in reports:
        failing = sum(link["count"] for link in report["links"])
        running = "yes" if report["running"] else "no"
        out.append(
            f"{fit_width(Path(report['data_dir']).name, 30)}{report['articles']['count']:>10,}{failing:>9,}  {running:10}"
            f"{ago(report['last_good_at'], now):>15}"
        )
        out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in report["problems"]]
    total = sum_up(reports)
    out.append(
        f"{'together':30}{total['articles']:>10,}{total['failing_links']:>9,}  {total['running']} of {len(reports)}"
    )
    return out
