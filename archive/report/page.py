"""The page: one HTML file without scripts or external resources; it links to articles only."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from archive import charts
from archive.language import TAGS, current, gettext
from archive.report.attention import find_notes
from archive.report.bars import Bars, bars_of
from archive.report.figures import Figures, merge_counts, quantile
from archive.report.html import joined
from archive.report.news import publishers, securities, stories, volume
from archive.report.running import boilerplate, crawls, gaps, latency, quality
from archive.report.words import articles_noun, change, escape_foreign, minutes, percent
from archive.times import in_beijing

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8") + charts.STYLE
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(figures: Figures) -> str:
    """The whole file."""
    bars = bars_of(figures.window.days)
    title = gettext("News archive: {span} to {day}", span=bars.span, day=long_date(bars.days[-1]))
    ends = bars.days[-1] if figures.window.whole else in_beijing(figures.window.until, "%Y-%m-%d %H:%M")
    about = gettext("From {first} to {last}, Beijing time.", first=bars.days[0], last=ends)
    archived = articles_noun(figures.archived)
    if figures.started:
        about += gettext(
            " The archive holds {articles}, the first archived on {day}.",
            articles=archived,
            day=figures.started,
        )
    else:
        about += gettext(" The archive holds {articles} yet.", articles=archived)
    parts = (publishers, latency, securities, quality, stories, crawls, gaps, boilerplate)
    cards = Markup('<div class="cards">\n{}\n</div>').format(
        Markup("\n").join(part(figures, bars) for part in parts)
    )
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="generator" content="finews-archive">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n'
            '<header><h1>{}</h1><p class="meta">{}</p></header>\n<main>\n{}\n</main>\n'
            '<footer class="meta"><p>{}</p></footer>\n</body>\n</html>\n'
        ).format(
            TAGS[current()], POLICY, title, Markup(STYLE), title, about,
            Markup("\n").join((keys(figures, bars), attention(figures), volume(figures, bars), cards)),
            gettext(
                "Days are Beijing days, grey where they are Saturdays or Sundays. An article without a known time counts on the day "
                "on which it was archived. Probable mismatches of securities are left out."
            ),
        )
    )  # fmt: skip


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def long_date(day: str) -> str:
    """A day in words.

    >>> long_date("2026-06-03")
    '3 June 2026'
    """
    year, month, number = map(int, day.split("-"))
    form = gettext("{day} {month_name} {year}")
    return form.format(day=number, month_name=MONTHS[month - 1], month=month, year=year)


def keys(figures: Figures, bars: Bars) -> Markup:
    """A few figures of all."""
    totals = figures.totals
    articles = totals["articles"]
    late = merge_counts(figures.latency.values())
    images = sum(day["images"] for day in figures.images.values())
    stored = images - sum(day["failed"] + day["refused"] for day in figures.images.values())
    ended = sum(sum(day.values()) for day in figures.crawls.values())
    worked = ended - sum(day["bad"] for day in figures.crawls.values())
    if figures.before is not None:
        than = gettext(
            "{change} on the {span} before", change=change(articles, figures.before), span=bars.span
        )
    else:
        than = gettext("{count} a day", count=format(articles / len(bars.days), ",.0f"))
    figures_shown = [
        (gettext("Articles"), f"{articles:,}", than),
        (gettext("Publishers"), f"{figures.publishers:,}", gettext("every article states one") if articles and not totals["publisher"] else gettext("{share} of articles state none", share=percent(totals["publisher"], articles))),
        (gettext("Seen within"), minutes(quantile(late, 0.5)), gettext("of publication; nine of ten within {time}", time=minutes(quantile(late, 0.9))) if late else gettext("no article with a time")),
        (gettext("Complete"), percent(totals["complete"], articles), gettext("with headline, time and publisher")),
        (gettext("Images stored"), percent(stored, images), gettext("{part:,} of {all:,}", part=stored, all=images) if images else gettext("there were none")),
        (gettext("Good crawls"), percent(worked, ended), gettext("{part:,} of {all:,} were successful", part=worked, all=ended) if ended else gettext("there were none")),
        (gettext("Repeats"), percent(figures.copies, articles), gettext("of the articles repeat an earlier one")),
        (gettext("Edited"), f"{totals['edited']:,}", gettext("afterwards; {count:,} withdrawn", count=totals["withdrawn"])),
    ]  # fmt: skip
    return Markup('<dl class="keys">{}</dl>').format(
        joined(
            Markup("<div><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>").format(*key)
            for key in figures_shown
        )
    )


def attention(figures: Figures) -> Markup:
    """What a person should look at first."""
    items = find_notes(figures)
    if not items:
        message = (
            gettext("Nothing at present.")
            if figures.archived
            else gettext("The archive is empty: scrapy crawl fills it.")
        )
        content = Markup('<p class="good">{}</p>').format(message)
    else:
        level = {"bad": gettext("Act"), "poor": gettext("Check")}
        content = Markup("<ul>{}</ul>").format(
            joined(
                Markup('<li class="{}"><span class="level">{}</span><a href="#{}">{}</a></li>').format(
                    note.level, level[note.level], note.where, escape_foreign(note.message)
                )
                for note in items
            )
        )
    return Markup('<section class="attention"><h2>{}</h2>{}</section>').format(
        gettext("What needs attention"), content
    )
