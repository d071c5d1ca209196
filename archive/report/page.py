"""The page: one HTML file without scripts or external resources; it links to articles only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from markupsafe import Markup

from archive import charts
from archive.report.attention import find_notes
from archive.report.bars import Bars, bars_of
from archive.report.figures import Figures, merge_counts, quantile
from archive.report.html import joined
from archive.report.news import publishers, securities, stories, volume
from archive.report.running import boilerplate, crawls, gaps, latency, quality
from archive.report.words import change, count_noun, escape_foreign, minutes, percent
from archive.times import in_beijing

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8") + charts.STYLE
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(figures: Figures) -> str:
    """The whole file."""
    bars = bars_of(figures.window.days)
    last = date.fromisoformat(bars.days[-1])
    title = f"News archive: {bars.span} to {last:%d} {last:%B} {last.year}".replace(" 0", " ")
    ends = bars.days[-1] if figures.window.whole else in_beijing(figures.window.until, "%Y-%m-%d %H:%M")
    about = f"From {bars.days[0]} to {ends}, Beijing time. The archive holds {count_noun(figures.archived, 'article')}"
    about += f", the first archived on {figures.started}." if figures.started else " yet."
    parts = (publishers, latency, securities, quality, stories, crawls, gaps, boilerplate)
    cards = Markup('<div class="cards">\n{}\n</div>').format(
        Markup("\n").join(part(figures, bars) for part in parts)
    )
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="generator" content="finews-archive">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n'
            '<header><h1>{}</h1><p class="meta">{}</p></header>\n<main>\n{}\n</main>\n'
            '<footer class="meta"><p>Days are Beijing days, grey where they are Saturdays or Sundays. An article without a known '
            "time counts on the day on which it was archived. Probable mismatches of securities are left out.</p>"
            "</footer>\n</body>\n</html>\n"
        ).format(
            POLICY, title, Markup(STYLE), title, about,
            Markup("\n").join((keys(figures, bars), attention(figures), volume(figures, bars), cards)),
        )
    )  # fmt: skip


def keys(figures: Figures, bars: Bars) -> Markup:
    """A few figures of all."""
    totals = figures.totals
    articles = totals["articles"]
    late = merge_counts(figures.latency.values())
    images = sum(day["images"] for day in figures.images.values())
    kept = images - sum(day["failed"] + day["refused"] for day in figures.images.values())
    ended = sum(sum(day.values()) for day in figures.crawls.values())
    worked = ended - sum(day["bad"] for day in figures.crawls.values())
    than = f"{change(articles, figures.before)} on the {bars.span} before" if figures.before is not None else f"{articles / len(bars.days):,.0f} a day"  # fmt: skip
    named = [
        ("Articles", f"{articles:,}", than),
        ("Publishers", f"{figures.publishers:,}", "every article states one" if articles and not totals["publisher"] else f"{percent(totals['publisher'], articles)} of articles state none"),
        ("Seen within", minutes(quantile(late, 0.5)), f"of publication; nine of ten within {minutes(quantile(late, 0.9))}" if late else "no article with a time"),
        ("Complete", percent(totals["complete"], articles), "with headline, time and publisher"),
        ("Images stored", percent(kept, images), f"{kept:,} of {images:,}" if images else "there were none"),
        ("Good crawls", percent(worked, ended), f"{worked:,} of {ended:,} were successful" if ended else "there were none"),
        ("Repeats", percent(figures.copies, articles), "of the articles repeat an earlier one"),
        ("Edited", f"{totals['edited']:,}", f"afterwards; {totals['withdrawn']:,} withdrawn"),
    ]  # fmt: skip
    return Markup('<dl class="keys">{}</dl>').format(
        joined(
            Markup("<div><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>").format(*key)
            for key in named
        )
    )


def attention(figures: Figures) -> Markup:
    """What a person should look at first."""
    items = find_notes(figures)
    if not items:
        message = (
            "Nothing at present." if figures.archived else "The archive is empty: scrapy crawl fills it."
        )
        content = Markup('<p class="good">{}</p>').format(message)
    else:
        level = {"bad": "Act", "poor": "Check"}
        content = Markup("<ul>{}</ul>").format(
            joined(
                Markup('<li class="{}"><span class="level">{}</span><a href="#{}">{}</a></li>').format(
                    note.level, level[note.level], note.where, escape_foreign(note.message)
                )
                for note in items
            )
        )
    return Markup('<section class="attention"><h2>What needs attention</h2>{}</section>').format(content)
