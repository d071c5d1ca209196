"""Parts of the page that tell of the news: volume, publishers, securities, stories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.charts import Series, legend, part_of, plot, spark, stacked, ticks
from archive.report.bars import Bars
from archive.report.figures import Figures
from archive.report.html import address, axis_of, nothing, section, table, the_figures
from archive.report.words import LONGEST, change, minutes, one_name, percent, plain, shown, some

COLOURED = 6  # publishers with a colour of their own


def volume(found: Figures, bars: Bars) -> Markup:
    """Articles by day and publisher."""
    counts = {day: row["articles"] for day, row in found.by_day.items()}
    if not counts:
        return section("volume", f"Articles {bars.each}", f"None in the {bars.span}.", style="wide")
    named = [row for row in found.top[:COLOURED] if row["publisher"] is not None]
    rest = {day: count - sum(row["days"].get(day, 0) for row in named) for day, count in counts.items()}
    series = [Series(one_name(row["publisher"]), bars.sums(row["days"])) for row in named]
    if any(rest.values()):
        series.append(Series("all others", bars.sums(rest), "rest"))
    sums = bars.sums(counts)
    values = ticks(max(sums.values()))
    said = {bar: some(int(sums.get(bar, 0)), "article") + judged(found, bars, bar) for bar in bars.firsts}
    most = max(counts, key=lambda day: (counts[day], day))
    name = f"Articles {bars.each} by publisher: {found.totals['articles']:,} in {bars.span}, most of them ({counts[most]:,}) on {most}"
    rows = (
        (bars.named(bar), f"{sums.get(bar, 0):,}", *(f"{one.values.get(bar, 0):,}" for one in series))
        for bar in reversed(bars.firsts)
    )  # fmt: skip
    return section(
        "volume", f"Articles {bars.each}", f"By publisher. Most, {counts[most]:,}, came on {most}."
        + ("" if found.window.whole else " The last day is not over.")
        + (f" The first bar holds {some(len(bars.days) % bars.size, 'day')} only." if len(bars.days) % bars.size else ""),
        plot(bars.firsts, stacked(bars.firsts, series, values[-1]), name, axis_of(values), said), legend(series),
        the_figures(table([("Day", "key"), ("Articles", "n"), *((shown(one.name), "n") for one in series)], rows)),
        style="wide",
    )  # fmt: skip


def judged(found: Figures, bars: Bars, bar: str) -> str:
    """How much a bar's day should have had, where that was not half of it."""
    verdict = found.verdicts.get(bar)
    if bars.size > 1 or verdict is None or not (verdict.short or verdict.empty):
        return ""
    return f", as a rule {verdict.usual:,.0f}" if verdict.usual is not None else ", none at all"


def publishers(found: Figures, bars: Bars) -> Markup:
    """The busiest."""
    total, top = found.totals["articles"], max((row["articles"] for row in found.top), default=0)
    compared = found.before is not None
    heads = [("Publisher", ""), ("", "drawn"), ("Articles", "n"), ("Share", "n"), *([("Before", "n")] * compared), ("By day", "sparks")]  # fmt: skip
    rows = (
        (
            shown(one_name(row["publisher"])), part_of(row["articles"], top, f"s{at + 1}" if at < COLOURED and row["publisher"] is not None else "rest"),
            f"{row['articles']:,}", percent(row["articles"], total), *([change(row["articles"], row["before"])] * compared),
            spark(bars.days, row["days"], f"By day: {one_name(row['publisher'])}"),
        )
        for at, row in enumerate(found.top)
    )  # fmt: skip
    note = f"The busiest of {found.publishers:,}." + f" Before: than in the {bars.span} before." * compared
    return section(
        "publishers",
        "Top publishers",
        note,
        table(heads, rows) if top else nothing("No publisher is known."),
    )


def securities(found: Figures, bars: Bars) -> Markup:
    """What most articles name."""
    note = f"By the number of articles that name them, in the {bars.span}."
    if not found.securities and not found.groups:
        return section("securities", "Securities most written of", note, nothing("No article names one."))

    def ranked(rows: list[dict[str, Any]], what: str, style: str, drawn: bool) -> Markup:
        top = max(row["articles"] for row in rows)
        return table(
            [(what, ""), ("Code", ""), ("", "drawn"), ("Articles", "n"), *([("By day", "sparks")] * drawn)],
            (
                (
                    shown(row["name"] or row["code"], LONGEST), shown(row["code"], LONGEST), part_of(row["articles"], top, style),
                    f"{row['articles']:,}", *([spark(bars.days, row["days"], plain(f"By day: {row['name'] or row['code']}"))] * drawn),
                )
                for row in rows
            ),
        )  # fmt: skip

    parts = [ranked(found.securities, "Share or fund", "s2", True)] if found.securities else []
    if found.groups:
        parts.append(ranked(found.groups[:6], "Board or index", "s5", False))
    return section("securities", "Securities most written of", note, *parts)


def stories(found: Figures, bars: Bars) -> Markup:
    """Stories that several tell."""
    note = f"Stories that several articles of the {bars.span} tell, by how many publishers."
    if found.copies:
        note += f" {some(found.copies, 'article')} ({percent(found.copies, found.totals['articles'])}) repeat another."
    if not found.stories:
        return section("stories", "Most told stories", note, nothing("No story was told twice."))
    rows = []
    for row in found.stories:
        words = shown(row["headline"])
        if url := address(row["url"]):
            words = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, words)
        took = None
        if row["first"] and row["last"]:
            between = datetime.fromisoformat(row["last"]) - datetime.fromisoformat(row["first"])
            took = between.total_seconds() / 60
        first = Markup("<br><small>{}</small>").format(shown(one_name(row["publisher"])))
        rows.append((words + first, f"{row['publishers']:,}", f"{row['articles']:,}", minutes(took)))
    heads = [
        ("Story, and who told it first", ""),
        ("Publishers", "n"),
        ("Articles", "n"),
        ("Within", "n"),
    ]
    return section("stories", "Most told stories", note, table(heads, rows))
