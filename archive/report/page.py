"""The page: one HTML file that asks for nothing, runs nothing and links to articles alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from markupsafe import Markup

from archive.report.attention import notes
from archive.report.bars import Bars, bars_of
from archive.report.figures import Figures, quantile, together
from archive.report.html import joined
from archive.report.news import publishers, securities, stories, volume
from archive.report.running import boilerplate, crawls, gaps, latency, quality
from archive.report.words import change, minutes, percent, shown, some
from archive.times import in_beijing

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(found: Figures) -> str:
    """The whole file."""
    bars = bars_of(found.window.days)
    last = date.fromisoformat(bars.days[-1])
    title = f"News archive: {bars.span} to {last:%d} {last:%B} {last.year}".replace(" 0", " ")
    ends = bars.days[-1] if found.window.whole else in_beijing(found.window.until, "%Y-%m-%d %H:%M")
    about = (
        f"From {bars.days[0]} to {ends}, Beijing time. The archive holds {some(found.archived, 'article')}"
    )
    about += f", the first archived on {found.started}." if found.started else " yet."
    parts = (publishers, latency, securities, quality, stories, crawls, gaps, boilerplate)
    cards = Markup('<div class="cards">\n{}\n</div>').format(
        Markup("\n").join(part(found, bars) for part in parts)
    )
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="generator" content="finews-archive">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n'
            '<header><h1>{}</h1><p class="meta">{}</p></header>\n<main>\n{}\n</main>\n'
            '<footer class="meta"><p>Days are Beijing days, grey where they are Saturdays or Sundays. An article without a known '
            "time counts on the day on which it was archived. Securities that were probably matched wrongly are left out.</p>"
            "</footer>\n</body>\n</html>\n"
        ).format(
            POLICY, title, Markup(STYLE), title, about,
            Markup("\n").join((keys(found, bars), attention(found), volume(found, bars), cards)),
        )
    )  # fmt: skip


def keys(found: Figures, bars: Bars) -> Markup:
    """A few figures of all."""
    totals = found.totals
    articles = totals["articles"]
    late = together(found.latency.values())
    pictures = sum(day["pictures"] for day in found.pictures.values())
    kept = pictures - sum(day["failed"] + day["refused"] for day in found.pictures.values())
    ended = sum(sum(day.values()) for day in found.crawls.values())
    worked = ended - sum(day["bad"] for day in found.crawls.values())
    than = f"{change(articles, found.before)} on the {bars.span} before" if found.before is not None else f"{articles / len(bars.days):,.0f} a day"  # fmt: skip
    named = [
        ("Articles", f"{articles:,}", than),
        ("Publishers", f"{found.publishers:,}", "every article names one" if articles and not totals["publisher"] else f"{percent(totals['publisher'], articles)} of articles name none"),
        ("Seen within", minutes(quantile(late, 0.5)), f"of publication; nine of ten within {minutes(quantile(late, 0.9))}" if late else "no article with a time"),
        ("Complete", percent(totals["complete"], articles), "with headline, time and publisher"),
        ("Pictures kept", percent(kept, pictures), f"{kept:,} of {pictures:,}" if pictures else "there were none"),
        ("Good crawls", percent(worked, ended), f"{worked:,} of {ended:,} did their work" if ended else "there were none"),
        ("Told before", percent(found.copies, articles), "of the articles repeat another's story"),
        ("Edited", f"{totals['edited']:,}", f"afterwards; {totals['withdrawn']:,} withdrawn"),
    ]  # fmt: skip
    return Markup('<dl class="keys">{}</dl>').format(
        joined(
            Markup("<div><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>").format(*one)
            for one in named
        )
    )


def attention(found: Figures) -> Markup:
    """What a person should look at first."""
    told = notes(found)
    if not told:
        said = "Nothing does." if found.archived else "The archive is empty: scrapy crawl fills it."
        content = Markup('<p class="good">{}</p>').format(said)
    else:
        level = {"bad": "Act", "poor": "Look"}
        content = Markup("<ul>{}</ul>").format(
            joined(
                Markup('<li class="{}"><span class="level">{}</span><a href="#{}">{}</a></li>').format(
                    note.level, level[note.level], note.where, shown(note.said)
                )
                for note in told
            )
        )
    return Markup('<section class="attention"><h2>What needs attention</h2>{}</section>').format(content)
