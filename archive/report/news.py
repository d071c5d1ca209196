"""Parts of the page that tell of the news: volume, publishers, securities, stories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.charts import Series, legend, part_of, plot, spark, stacked, ticks
from archive.report.bars import Bars
from archive.report.figures import Figures
from archive.report.html import axis_of, nothing, section, table, the_figures
from archive.report.words import (
    LONGEST,
    change,
    count_noun,
    escape_foreign,
    minutes,
    percent,
    plain,
    publisher_label,
)
from archive.urls import http_url

COLOURED = 6  # publishers with a colour of their own


def volume(figures: Figures, bars: Bars) -> Markup:
    """Articles by day and publisher."""
    counts = {day: row["articles"] for day, row in figures.by_day.items()}
    if not counts:
        return section("volume", f"Articles {bars.each}", f"None in the {bars.span}.", style="wide")
    named = [row for row in figures.top[:COLOURED] if row["publisher"] is not None]
    rest = {day: count - sum(row["days"].get(day, 0) for row in named) for day, count in counts.items()}
    series = [Series(publisher_label(row["publisher"]), bars.sums(row["days"])) for row in named]
    if any(rest.values()):
        series.append(Series("all others", bars.sums(rest), "rest"))
    sums = bars.sums(counts)
    values = ticks(max(sums.values()))
    tips = {
        bar: count_noun(int(sums.get(bar, 0)), "article") + describe_shortfall(figures, bars, bar)
        for bar in bars.firsts
    }
    most = max(counts, key=lambda day: (counts[day], day))
    name = f"Articles {bars.each} by publisher: {figures.totals['articles']:,} in {bars.span}, most of them ({counts[most]:,}) on {most}"
    rows = (
        (bars.named(bar), f"{sums.get(bar, 0):,}", *(f"{item.values.get(bar, 0):,}" for item in series))
        for bar in reversed(bars.firsts)
    )  # fmt: skip
    return section(
        "volume", f"Articles {bars.each}", f"By publisher. Most, {counts[most]:,}, came on {most}."
        + ("" if figures.window.whole else " The last day is not over.")
        + (f" The first bar holds {count_noun(len(bars.days) % bars.size, 'day')} only." if len(bars.days) % bars.size else ""),
        plot(bars.firsts, stacked(bars.firsts, series, values[-1]), name, axis_of(values), tips), legend(series),
        the_figures(table([("Day", "key"), ("Articles", "n"), *((escape_foreign(item.name), "n") for item in series)], rows)),
        style="wide",
    )  # fmt: skip


def describe_shortfall(figures: Figures, bars: Bars, bar: str) -> str:
    """How much a bar's day should have had, where that was not half of it."""
    day_class = figures.day_classes.get(bar)
    if bars.size > 1 or day_class is None or not (day_class.short or day_class.empty):
        return ""
    return f", usually {day_class.usual:,.0f}" if day_class.usual is not None else ", none at all"


def publishers(figures: Figures, bars: Bars) -> Markup:
    """The busiest."""
    total, top = figures.totals["articles"], max((row["articles"] for row in figures.top), default=0)
    compared = figures.before is not None
    heads = [("Publisher", ""), ("", "drawn"), ("Articles", "n"), ("Share", "n"), *([("Before", "n")] * compared), ("By day", "sparks")]  # fmt: skip
    rows = (
        (
            escape_foreign(publisher_label(row["publisher"])), part_of(row["articles"], top, f"s{index + 1}" if index < COLOURED and row["publisher"] is not None else "rest"),
            f"{row['articles']:,}", percent(row["articles"], total), *([change(row["articles"], row["before"])] * compared),
            spark(bars.days, row["days"], f"By day: {publisher_label(row['publisher'])}"),
        )
        for index, row in enumerate(figures.top)
    )  # fmt: skip
    note = f"The busiest of {figures.publishers:,}." + f" Before: than in the {bars.span} before." * compared
    return section(
        "publishers",
        "Top publishers",
        note,
        table(heads, rows) if top else nothing("No publisher is known."),
    )


def securities(figures: Figures, bars: Bars) -> Markup:
    """What most articles name."""
    note = f"By the number of articles that name them, in the {bars.span}."
    if not figures.securities and not figures.groups:
        return section("securities", "Most mentioned securities", note, nothing("No article mentions one."))

    def ranked(rows: list[dict[str, Any]], what: str, style: str, drawn: bool) -> Markup:
        top = max(row["articles"] for row in rows)
        return table(
            [(what, ""), ("Code", ""), ("", "drawn"), ("Articles", "n"), *([("By day", "sparks")] * drawn)],
            (
                (
                    escape_foreign(row["name"] or row["code"], LONGEST), escape_foreign(row["code"], LONGEST), part_of(row["articles"], top, style),
                    f"{row['articles']:,}", *([spark(bars.days, row["days"], plain(f"By day: {row['name'] or row['code']}"))] * drawn),
                )
                for row in rows
            ),
        )  # fmt: skip

    parts = [ranked(figures.securities, "Share or fund", "s2", True)] if figures.securities else []
    if figures.groups:
        parts.append(ranked(figures.groups[:6], "Board or index", "s5", False))
    return section("securities", "Most mentioned securities", note, *parts)


def stories(figures: Figures, bars: Bars) -> Markup:
    """Stories that several tell."""
    note = f"Stories that several articles of the {bars.span} tell, by how many publishers."
    if figures.copies:
        note += f" {count_noun(figures.copies, 'article')} ({percent(figures.copies, figures.totals['articles'])}) repeat another."
    if not figures.stories:
        return section(
            "stories", "Most carried stories", note, nothing("No story has more than one article.")
        )
    rows = []
    for row in figures.stories:
        words = escape_foreign(row["headline"])
        if url := http_url(row["url"]):
            words = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, words)
        took = None
        if row["first"] and row["last"]:
            between = datetime.fromisoformat(row["last"]) - datetime.fromisoformat(row["first"])
            took = between.total_seconds() / 60
        first = Markup("<br><small>{}</small>").format(escape_foreign(publisher_label(row["publisher"])))
        rows.append((words + first, f"{row['publishers']:,}", f"{row['articles']:,}", minutes(took)))
    heads = [
        ("Story, and who carried it first", ""),
        ("Publishers", "n"),
        ("Articles", "n"),
        ("Within", "n"),
    ]
    return section("stories", "Most carried stories", note, table(heads, rows))
