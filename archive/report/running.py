"""Parts of the page about operation: latency, what is missing, crawls, gaps, boilerplate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.charts import Series, lane, legend, lines, part_of, plot, stacked, ticks
from archive.language import gettext, ngettext, pgettext
from archive.report.bars import Bars
from archive.report.figures import LATEST, Figures, Row, merge_counts, quantile
from archive.report.html import axis_of, joined, nothing, section, table, the_figures
from archive.report.words import escape_foreign, minutes, percent, plain
from archive.times import in_beijing


def latency(figures: Figures, bars: Bars) -> Markup:
    """How soon after publication articles are seen."""
    title = gettext("From publication to our feeds")
    note = gettext(
        "Minutes from publication until a list feed of ours first named the article, to the resolution of our polls."
    )
    if figures.backfilled:
        note += ngettext(
            " {count:,} article named more than {hours} hours later were backfilled and are not counted.",
            " {count:,} articles named more than {hours} hours later were backfilled and are not counted.",
            figures.backfilled,
            hours=LATEST // 60,
        )
    late = {bar: merge_counts(counts) for bar, counts in bars.gathered(figures.latency).items()}
    half, most = ({bar: quantile(counts, share) or 0 for bar, counts in late.items()} for share in (0.5, 0.9))
    if not late:
        return section(
            "latency", title, note, nothing(gettext("No list feed named an article whose time is known."))
        )
    series = [
        Series(gettext("half of the articles within"), half),
        Series(gettext("nine of ten within"), most),
    ]
    longest = max(most.values())
    values = [value * 60 for value in ticks(longest / 60)] if longest >= 120 else ticks(longest, least=5)
    tip = gettext("half within {half}, nine of ten within {most}")
    tips = {bar: tip.format(half=minutes(half[bar]), most=minutes(most[bar])) for bar in late}
    every = merge_counts(late.values())
    name = gettext(
        "Minutes from publication to our feeds: half of all within {half}, nine of ten within {most}",
        half=minutes(quantile(every, 0.5)),
        most=minutes(quantile(every, 0.9)),
    )
    feeds = table(
        [
            (gettext("Feed"), "key"), (gettext("Articles"), "n"), (gettext("Half within"), "n"), (gettext("Nine of ten"), "n"),
            (gettext("In 15 min"), "n"),
        ],
        (
            (
                escape_foreign(feed), f"{counts.total():,}", minutes(quantile(counts, 0.5)), minutes(quantile(counts, 0.9)),
                percent(sum(n for value, n in counts.items() if value < 15), counts.total()),
            )
            for feed, counts in figures.by_feed.items()
        ),
    )  # fmt: skip
    return section(
        "latency", title, note,
        plot(bars.firsts, lines(bars.firsts, series, values[-1]), name, axis_of(values, lambda value: minutes(value) if value else "0"), tips),
        legend(series), feeds,
    )  # fmt: skip


def quality(figures: Figures, bars: Bars) -> Markup:
    """Shares of what is unknown or failed."""
    articles = bars.sums({day: row["articles"] for day, row in figures.by_day.items()})
    images = bars.sums({day: row["images"] for day, row in figures.images.items()})
    lacks = {
        name: bars.sums({day: row[name] for day, row in figures.by_day.items()})
        for name in ("headline", "time", "publisher")
    }
    failed = bars.sums({day: row["failed"] for day, row in figures.images.items()})
    kinds = (
        (
            gettext("Headline unknown"),
            gettext("the first sentence is a placeholder"),
            lacks["headline"],
            articles,
        ),
        (gettext("Time unknown"), gettext("none, or the day of the article's id"), lacks["time"], articles),
        (gettext("Publisher unknown"), "", lacks["publisher"], articles),
        (gettext("Images failed"), gettext("a later crawl tries again"), failed, images),
    )
    shares = [{bar: parts[bar] / count for bar, count in whole.items()} for *_, parts, whole in kinds]
    # One scale, so that they can be compared.
    values = ticks(max((value for share in shares for value in share.values()), default=0), 0.01, 2)
    drawn = []
    for (title, remark, parts, wholes), share in zip(kinds, shares, strict=True):
        part, whole = int(sum(parts.values())), int(sum(wholes.values()))
        tips = {bar: percent(value, 1) for bar, value in share.items()}
        drawn.append(
            Markup('<div class="small"><h3>{} <small>{}</small></h3>{}</div>').format(
                f"{title}: {percent(part, whole)}", gettext("{part:,} of {all:,}", part=part, all=whole) + f"; {remark}" * bool(remark),
                plot(bars.firsts, stacked(bars.firsts, [Series(title, share)], values[-1]), gettext("{title}, share {each}: {share} in all", title=title, each=bars.each, share=percent(part, whole)), axis_of(values, "{:.0%}".format), tips),
            )
        )  # fmt: skip
    columns = (articles, *lacks.values(), images, failed)
    rows = (
        (bars.named(bar), *(f"{column.get(bar, 0):,}" for column in columns))
        for bar in sorted({*articles, *images}, reverse=True)
    )
    heads = [(gettext("Day"), "key"), *((words, "n") for words in (gettext("Articles"), gettext("Headline"), gettext("Time"), gettext("Publisher"), gettext("Images"), gettext("Failed")))]  # fmt: skip
    return section(
        "quality", gettext("What is missing"), gettext("Shares of articles and images, all on one scale."),
        Markup('<div class="multiples">{}</div>').format(joined(drawn)), the_figures(table(heads, rows)),
    )  # fmt: skip


def crawls(figures: Figures, bars: Bars) -> Markup:
    """How runs ended, and links without an article."""
    kinds = (
        (gettext("succeeded"), "well", "ok"),
        (gettext("some links failed"), "some", "some"),
        (gettext("failed or were killed"), "bad", "failed"),
    )
    series = [
        Series(words, bars.sums({day: row[kind] for day, row in figures.crawls.items() if row[kind]}), style)
        for words, kind, style in kinds
    ]
    ended = bars.sums({day: sum(row.values()) for day, row in figures.crawls.items()})
    parts: list[Markup] = []
    if ended:
        values = ticks(max(ended.values()))
        tips = {
            bar: ", ".join(f"{item.values[bar]:,} {item.name}" for item in series if bar in item.values)
            for bar in ended
        }
        name = gettext(
            "Crawls {each} by how they ended: {count:,}, of which {bad:,} failed or were killed",
            each=bars.each,
            count=int(sum(ended.values())),
            bad=sum(row["bad"] for row in figures.crawls.values()),
        )
        parts += [
            plot(bars.firsts, stacked(bars.firsts, series, values[-1]), name, axis_of(values), tips),
            legend(series),
        ]
    else:
        parts.append(nothing(gettext("None in the {span}.", span=bars.span)))
    if figures.bad_crawls:
        parts.append(
            Markup('<h3>{}</h3><ul class="reasons">{}</ul>').format(
                gettext("The latest that failed"),
                joined(
                    Markup("<li>{}, {}: {}</li>").format(
                        in_beijing(row["started_at"]), escape_foreign(row["spider"]),
                        escape_foreign(row["reason"] or describe_end(row["exit_status"])),
                    )
                    for row in figures.bad_crawls
                )
            )
        )  # fmt: skip
    if figures.links:
        parts.append(
            Markup("<h3>{}</h3>{}").format(
                gettext("Links without an article"),
                table(
                    [(gettext("Outcome"), "key"), (gettext("Links"), "n"), (gettext("The latest"), "reason")],
                    ((row["outcome"].replace("_", " "), f"{row['links']:,}", escape_foreign(row["reason"] or row["url"])) for row in figures.links),
                )
            )
        )  # fmt: skip
    note = gettext("Runs {each}, by how they ended.", each=bars.each)
    return section("crawls", gettext("Crawls"), note, *parts)


def describe_end(status: int | None) -> str:
    """How a crawl without a reason ended."""
    return gettext("was killed") if status is None else gettext("ended with {status}", status=status)


def state(gap: dict[str, Any]) -> str:
    """What became of a gap."""
    return "open" if gap["open"] else "cannot be filled" if gap["final_at"] else "filled"


def gaps(figures: Figures, bars: Bars) -> Markup:
    """Gaps in the feeds on a time line."""
    window = figures.window
    note = gettext("Gaps in the list feeds, in which articles may have come and gone between two polls.")
    if not figures.gaps:
        return section(
            "gaps", gettext("Gaps"), note, Markup('<p class="good">{}</p>').format(gettext("None."))
        )
    start, end = (datetime.fromisoformat(moment).timestamp() for moment in (window.since, window.until))

    def place(moment: str) -> float:
        return min(max((datetime.fromisoformat(moment).timestamp() - start) / (end - start), 0), 1)

    rows = []
    for feed in sorted({gap["feed"] for gap in figures.gaps}):
        mine = [gap for gap in figures.gaps if gap["feed"] == feed]
        open_ = sum(gap["open"] for gap in mine)
        spans = [
            (place(gap["from_at"]), place(gap["to_at"]), "filled" if state(gap) == "filled" else "open", describe_gap(gap))
            for gap in mine
        ]  # fmt: skip
        rows.append((escape_foreign(feed), lane(spans, gettext("Gaps of {feed} from {first} to {last}", feed=plain(feed), first=bars.days[0], last=bars.days[-1])), f"{open_:,}", f"{sum(state(gap) == 'filled' for gap in mine):,}"))  # fmt: skip
    still = [gap for gap in figures.gaps if gap["open"]]
    open_gaps = Markup('<h3>{}</h3><ul class="reasons">{}</ul>').format(
        pgettext("gap", "Open"),
        joined(
            Markup("<li>{}{}{}{}</li>").format(
                escape_foreign(gap["feed"]), gettext(": "),
                ngettext("{first} to {last}, tried {count:,} time", "{first} to {last}, tried {count:,} times", gap["tries"], first=in_beijing(gap["from_at"]), last=in_beijing(gap["to_at"])),
                Markup("; {}").format(escape_foreign(gap["reason"])) if gap["reason"] else "",
            )
            for gap in still[-8:]
        )
    )  # fmt: skip
    span = gettext("{first} to {last}", first=bars.days[0][5:], last=bars.days[-1][5:])
    heads = [
        (gettext("Feed"), "key"),
        (span, "strip"),
        (pgettext("gap", "Open"), "n"),
        (pgettext("gap", "Filled"), "n"),
    ]
    return section("gaps", gettext("Gaps"), note, table(heads, rows), *([open_gaps] if still else []))


def describe_gap(gap: Row) -> str:
    """A gap in a tooltip."""
    form = {
        "open": gettext("open: {first} to {last}"),
        "filled": gettext("filled: {first} to {last}"),
        "cannot be filled": gettext("cannot be filled: {first} to {last}"),
    }[state(gap)]
    return form.format(first=in_beijing(gap["from_at"]), last=in_beijing(gap["to_at"]))


def boilerplate(figures: Figures, bars: Bars) -> Markup:
    """What the rules removed."""
    rules = figures.rules
    title = gettext("Boilerplate")
    note = gettext(
        "Fragments that each rule removed from the articles' texts; the table removals holds them all."
    )
    if not rules:
        return section("boilerplate", title, note, nothing(gettext("No fragment was removed.")))
    top = rules[0]["fragments"]
    rows = (
        (escape_foreign(row["rule"]), part_of(row["fragments"], top, "rest"), f"{row['fragments']:,}", f"{row['articles']:,}")
        for row in rules
    )  # fmt: skip
    heads = [(gettext("Rule"), "key"), ("", "drawn"), (gettext("Fragments"), "n"), (gettext("Articles"), "n")]
    return section("boilerplate", title, note, table(heads, rows))
