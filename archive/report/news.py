"""Parts of the page that tell of the news: volume, publishers, securities, stories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.charts import Series, legend, part_of, plot, spark, stacked, ticks
from archive.language import gettext, ngettext
from archive.report.bars import Bars
from archive.report.figures import Figures
from archive.report.html import axis_of, nothing, section, table, the_figures
from archive.report.words import (
    LONGEST,
    articles_noun,
    change,
    days_noun,
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
        return section(
            "volume",
            gettext("Articles {each}", each=bars.each),
            gettext("None in the {span}.", span=bars.span),
            style="wide",
        )
    publishers = [row for row in figures.top[:COLOURED] if row["publisher"] is not None]
    rest = {day: count - sum(row["days"].get(day, 0) for row in publishers) for day, count in counts.items()}
    series = [Series(publisher_label(row["publisher"]), bars.sums(row["days"])) for row in publishers]
    if any(rest.values()):
        series.append(Series(gettext("all others"), bars.sums(rest), "rest"))
    sums = bars.sums(counts)
    values = ticks(max(sums.values()))
    tips = {
        bar: articles_noun(int(sums.get(bar, 0))) + describe_shortfall(figures, bars, bar)
        for bar in bars.firsts
    }
    most = max(counts, key=lambda day: (counts[day], day))
    name = gettext(
        "Articles {each} by publisher: {count:,} in {span}, most of them ({most:,}) on {day}",
        each=bars.each,
        count=figures.totals["articles"],
        span=bars.span,
        most=counts[most],
        day=most,
    )
    note = gettext("By publisher. Most, {count:,}, came on {day}.", count=counts[most], day=most)
    if not figures.window.whole:
        note += gettext(" The last day is not over.")
    if rest_days := len(bars.days) % bars.size:
        note += gettext(" The first bar holds {days} only.", days=days_noun(rest_days))
    rows = (
        (bars.named(bar), f"{sums.get(bar, 0):,}", *(f"{item.values.get(bar, 0):,}" for item in series))
        for bar in reversed(bars.firsts)
    )  # fmt: skip
    return section(
        "volume", gettext("Articles {each}", each=bars.each), note,
        plot(bars.firsts, stacked(bars.firsts, series, values[-1]), name, axis_of(values), tips), legend(series),
        the_figures(table([(gettext("Day"), "key"), (gettext("Articles"), "n"), *((escape_foreign(item.name), "n") for item in series)], rows)),
        style="wide",
    )  # fmt: skip


def describe_shortfall(figures: Figures, bars: Bars, bar: str) -> str:
    """How much a bar's day should have had, where that was not half of it."""
    day_class = figures.day_classes.get(bar)
    if bars.size > 1 or day_class is None or not (day_class.short or day_class.empty):
        return ""
    if day_class.usual is None:
        return gettext(", none at all")
    return gettext(", usually {count}", count=format(day_class.usual, ",.0f"))


def publishers(figures: Figures, bars: Bars) -> Markup:
    """The busiest."""
    total, top = figures.totals["articles"], max((row["articles"] for row in figures.top), default=0)
    compared = figures.before is not None
    heads = [(gettext("Publisher"), ""), ("", "drawn"), (gettext("Articles"), "n"), (gettext("Share"), "n"), *([(gettext("Before"), "n")] * compared), (gettext("By day"), "sparks")]  # fmt: skip
    rows = (
        (
            escape_foreign(publisher_label(row["publisher"])), part_of(row["articles"], top, f"s{index + 1}" if index < COLOURED and row["publisher"] is not None else "rest"),
            f"{row['articles']:,}", percent(row["articles"], total), *([change(row["articles"], row["before"])] * compared),
            spark(bars.days, row["days"], gettext("By day: {name}", name=publisher_label(row["publisher"]))),
        )
        for index, row in enumerate(figures.top)
    )  # fmt: skip
    note = gettext("The busiest of {count:,}.", count=figures.publishers)
    if compared:
        note += gettext(" Before: than in the {span} before.", span=bars.span)
    return section(
        "publishers",
        gettext("Top publishers"),
        note,
        table(heads, rows) if top else nothing(gettext("No publisher is known.")),
    )


def securities(figures: Figures, bars: Bars) -> Markup:
    """What most articles name."""
    note = gettext("By the number of articles that name them, in the {span}.", span=bars.span)
    title = gettext("Most mentioned securities")
    if not figures.securities and not figures.groups:
        return section("securities", title, note, nothing(gettext("No article mentions one.")))

    def ranked(rows: list[dict[str, Any]], what: str, style: str, drawn: bool) -> Markup:
        top = max(row["articles"] for row in rows)
        return table(
            [(what, ""), (gettext("Code"), ""), ("", "drawn"), (gettext("Articles"), "n"), *([(gettext("By day"), "sparks")] * drawn)],
            (
                (
                    escape_foreign(row["name"] or row["code"], LONGEST), escape_foreign(row["code"], LONGEST), part_of(row["articles"], top, style),
                    f"{row['articles']:,}", *([spark(bars.days, row["days"], plain(gettext("By day: {name}", name=row["name"] or row["code"])))] * drawn),
                )
                for row in rows
            ),
        )  # fmt: skip

    parts = [ranked(figures.securities, gettext("Share or fund"), "s2", True)] if figures.securities else []
    if figures.groups:
        parts.append(ranked(figures.groups[:6], gettext("Board or index"), "s5", False))
    return section("securities", title, note, *parts)


def stories(figures: Figures, bars: Bars) -> Markup:
    """Stories that several tell."""
    title = gettext("Most carried stories")
    note = gettext(
        "Stories that several articles of the {span} tell, by how many publishers.", span=bars.span
    )
    if figures.copies:
        note += ngettext(
            " {count:,} article ({share}) repeat another.",
            " {count:,} articles ({share}) repeat another.",
            figures.copies,
            share=percent(figures.copies, figures.totals["articles"]),
        )
    if not figures.stories:
        return section("stories", title, note, nothing(gettext("No story has more than one article.")))
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
        (gettext("Story, and who carried it first"), ""),
        (gettext("Publishers"), "n"),
        (gettext("Articles"), "n"),
        (gettext("Within"), "n"),
    ]
    return section("stories", title, note, table(heads, rows))
