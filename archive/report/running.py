"""Parts of the page about operation: latency, what is missing, crawls, gaps, boilerplate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.charts import Series, lane, legend, lines, part_of, plot, stacked, ticks
from archive.report.bars import Bars
from archive.report.figures import LATEST, Figures, merge_counts, quantile
from archive.report.html import axis_of, joined, nothing, section, table, the_figures
from archive.report.words import count_noun, escape_foreign, minutes, percent, plain
from archive.times import in_beijing


def latency(figures: Figures, bars: Bars) -> Markup:
    """How soon after publication articles are seen."""
    note = "Minutes from publication until a list feed of ours first named the article, to the resolution of our polls."
    if figures.backfilled:
        note += f" {count_noun(figures.backfilled, 'article')} named more than {LATEST // 60} hours later were backfilled and are not counted."
    late = {bar: merge_counts(counts) for bar, counts in bars.gathered(figures.latency).items()}
    half, most = ({bar: quantile(counts, share) or 0 for bar, counts in late.items()} for share in (0.5, 0.9))
    if not late:
        return section("latency", "From publication to our feeds", note, nothing("No list feed named an article whose time is known."))  # fmt: skip
    series = [Series("half of the articles within", half), Series("nine of ten within", most)]
    longest = max(most.values())
    values = [value * 60 for value in ticks(longest / 60)] if longest >= 120 else ticks(longest, least=5)
    tips = {bar: f"half within {minutes(half[bar])}, nine of ten within {minutes(most[bar])}" for bar in late}
    every = merge_counts(late.values())
    name = f"Minutes from publication to our feeds: half of all within {minutes(quantile(every, 0.5))}, nine of ten within {minutes(quantile(every, 0.9))}"  # fmt: skip
    feeds = table(
        [("Feed", "key"), ("Articles", "n"), ("Half within", "n"), ("Nine of ten", "n"), ("In 15 min", "n")],
        (
            (
                escape_foreign(feed), f"{counts.total():,}", minutes(quantile(counts, 0.5)), minutes(quantile(counts, 0.9)),
                percent(sum(n for value, n in counts.items() if value < 15), counts.total()),
            )
            for feed, counts in figures.by_feed.items()
        ),
    )  # fmt: skip
    return section(
        "latency", "From publication to our feeds", note,
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
        ("Headline unknown", "the first sentence is a placeholder", lacks["headline"], articles),
        ("Time unknown", "none, or the day of the article's id", lacks["time"], articles),
        ("Publisher unknown", "", lacks["publisher"], articles),
        ("Images failed", "a later crawl tries again", failed, images),
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
                f"{title}: {percent(part, whole)}", f"{part:,} of {whole:,}" + f"; {remark}" * bool(remark),
                plot(bars.firsts, stacked(bars.firsts, [Series(title, share)], values[-1]), f"{title}, share {bars.each}: {percent(part, whole)} in all", axis_of(values, "{:.0%}".format), tips),
            )
        )  # fmt: skip
    columns = (articles, *lacks.values(), images, failed)
    rows = (
        (bars.named(bar), *(f"{column.get(bar, 0):,}" for column in columns))
        for bar in sorted({*articles, *images}, reverse=True)
    )
    heads = [("Day", "key"), ("Articles", "n"), ("Headline", "n"), ("Time", "n"), ("Publisher", "n"), ("Images", "n"), ("Failed", "n")]  # fmt: skip
    return section(
        "quality", "What is missing", "Shares of articles and images, all on one scale.",
        Markup('<div class="multiples">{}</div>').format(joined(drawn)), the_figures(table(heads, rows)),
    )  # fmt: skip


def crawls(figures: Figures, bars: Bars) -> Markup:
    """How runs ended, and links without an article."""
    kinds = (("succeeded", "well", "ok"), ("some links failed", "some", "some"), ("failed or were killed", "bad", "failed"))  # fmt: skip
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
        name = f"Crawls {bars.each} by how they ended: {sum(ended.values()):,}, of which {sum(row['bad'] for row in figures.crawls.values()):,} failed or were killed"  # fmt: skip
        parts += [
            plot(bars.firsts, stacked(bars.firsts, series, values[-1]), name, axis_of(values), tips),
            legend(series),
        ]
    else:
        parts.append(nothing(f"None in the {bars.span}."))
    if figures.bad_crawls:
        parts.append(
            Markup('<h3>The latest that failed</h3><ul class="reasons">{}</ul>').format(
                joined(
                    Markup("<li>{}, {}: {}</li>").format(
                        in_beijing(row["started_at"]), escape_foreign(row["spider"]),
                        escape_foreign(row["reason"] or (f"ended with {row['exit_status']}" if row["exit_status"] is not None else "was killed")),
                    )
                    for row in figures.bad_crawls
                )
            )
        )  # fmt: skip
    if figures.links:
        parts.append(
            Markup("<h3>Links without an article</h3>{}").format(
                table(
                    [("Outcome", "key"), ("Links", "n"), ("The latest", "reason")],
                    ((row["outcome"].replace("_", " "), f"{row['links']:,}", escape_foreign(row["reason"] or row["url"])) for row in figures.links),
                )
            )
        )  # fmt: skip
    return section("crawls", "Crawls", f"Runs {bars.each}, by how they ended.", *parts)


def state(gap: dict[str, Any]) -> str:
    """What became of a gap."""
    return "open" if gap["open"] else "cannot be filled" if gap["final_at"] else "filled"


def gaps(figures: Figures, bars: Bars) -> Markup:
    """Gaps in the feeds on a time line."""
    window = figures.window
    note = "Gaps in the list feeds, in which articles may have come and gone between two polls."
    if not figures.gaps:
        return section("gaps", "Gaps", note, Markup('<p class="good">None.</p>'))
    start, end = (datetime.fromisoformat(moment).timestamp() for moment in (window.since, window.until))

    def place(moment: str) -> float:
        return min(max((datetime.fromisoformat(moment).timestamp() - start) / (end - start), 0), 1)

    rows = []
    for feed in sorted({gap["feed"] for gap in figures.gaps}):
        mine = [gap for gap in figures.gaps if gap["feed"] == feed]
        open_ = sum(gap["open"] for gap in mine)
        spans = [
            (place(gap["from_at"]), place(gap["to_at"]), "filled" if state(gap) == "filled" else "open", f"{state(gap)}: {in_beijing(gap['from_at'])} to {in_beijing(gap['to_at'])}")
            for gap in mine
        ]  # fmt: skip
        rows.append((escape_foreign(feed), lane(spans, f"Gaps of {plain(feed)} from {bars.days[0]} to {bars.days[-1]}"), f"{open_:,}", f"{sum(state(gap) == 'filled' for gap in mine):,}"))  # fmt: skip
    still = [gap for gap in figures.gaps if gap["open"]]
    open_gaps = Markup('<h3>Open</h3><ul class="reasons">{}</ul>').format(
        joined(
            Markup("<li>{}: {} to {}, tried {}{}</li>").format(
                escape_foreign(gap["feed"]), in_beijing(gap["from_at"]), in_beijing(gap["to_at"]), count_noun(gap["tries"], "time"),
                Markup("; {}").format(escape_foreign(gap["reason"])) if gap["reason"] else "",
            )
            for gap in still[-8:]
        )
    )  # fmt: skip
    heads = [("Feed", "key"), (f"{bars.days[0][5:]} to {bars.days[-1][5:]}", "strip"), ("Open", "n"), ("Filled", "n")]  # fmt: skip
    return section("gaps", "Gaps", note, table(heads, rows), *([open_gaps] if still else []))


def boilerplate(figures: Figures, bars: Bars) -> Markup:
    """What the rules removed."""
    rules = figures.rules
    note = "Fragments that each rule removed from the articles' texts; the table removals holds them all."
    if not rules:
        return section("boilerplate", "Boilerplate", note, nothing("No fragment was removed."))
    top = rules[0]["fragments"]
    rows = (
        (escape_foreign(row["rule"].replace("_", " ")), part_of(row["fragments"], top, "rest"), f"{row['fragments']:,}", f"{row['articles']:,}")
        for row in rules
    )  # fmt: skip
    return section("boilerplate", "Boilerplate", note, table([("Rule", "key"), ("", "drawn"), ("Fragments", "n"), ("Articles", "n")], rows))  # fmt: skip
