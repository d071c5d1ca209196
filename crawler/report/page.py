"""The page: one HTML file that asks for nothing, runs nothing and links to articles alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from crawler.charts import Series, lane, legend, lines, part_of, plot, spark, stacked, ticks
from crawler.overview import in_beijing
from crawler.report.attention import notes, some
from crawler.report.figures import LATEST, Figures, quantile, together

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
COLOURED = 6  # publishers with a colour of their own
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
UNKNOWN = "publisher unknown"
LONGEST = 30  # characters of a name; a longer one would push the figures off the page


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def shown(text: Any, most: int | None = None) -> Markup:
    """Foreign text as it may stand among ours: what would turn the line round or is no sign at all is left out.

    >>> str(shown("<新\u202e京>")), str(shown("abcdef", 4))
    ('<bdi>&lt;新 京&gt;</bdi>', '<bdi>abc…</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(plain(text, most))


def plain(text: Any, most: int | None = None) -> str:
    """`shown` where no mark-up may stand."""
    said = "".join(char if char.isprintable() else " " for char in str(text))
    if most and len(said) > most:
        said = said[: most - 1] + "…"
    return said.encode("utf-8", "replace").decode()


def address(url: str | None) -> str | None:
    """*url* where a reader may follow it."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def percent(part: float, whole: float) -> str:
    """A share for people; never "100%" or "0%" of what is not all or nothing.

    >>> percent(1, 3), percent(999, 1000), percent(9999, 10000), percent(1, 100000), percent(0, 9), percent(0, 0)
    ('33%', '99.9%', '99.9%', '0.1%', '0%', '–')
    """
    if not whole:
        return "–"
    share = part / whole * 100
    if share in (0, 100):
        return f"{share:.0f}%"
    share = min(max(share, 0.1), 99.9)
    return f"{share:.1f}%" if share < 2 or share > 98 else f"{share:.0f}%"


def minutes(count: float | None) -> str:
    """A span for people.

    >>> minutes(0), minutes(7), minutes(119), minutes(600), minutes(163), minutes(None)
    ('under 1 min', '7 min', '119 min', '10 h', '2.7 h', '–')
    """
    if count is None:
        return "–"
    if not count:
        return "under 1 min"
    return f"{count:.0f} min" if count < 120 else f"{count / 60:.1f} h".replace(".0 ", " ")


def change(now: int, before: int | None) -> str:
    """How much more or less there is than before.

    >>> change(120, 100), change(50, 100), change(7, 0), change(7, None)
    ('+20%', '−50%', 'new', '')
    """
    if before is None:
        return ""
    if not before:
        return "new" if now else "–"
    share = (now - before) / before * 100
    return f"{'+' if share > 0 else '−' if share < 0 else '±'}{abs(share):.0f}%"


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str = "") -> Markup:
    """*heads* are words and class of each column; the first column names its row."""
    body = joined(
        Markup("<tr>{}</tr>").format(
            joined(
                (
                    Markup('<th scope="row" class="{}">{}</th>')
                    if at == 0
                    else Markup('<td class="{}">{}</td>')
                ).format(heads[at][1], cell)
                for at, cell in enumerate(row)
            )
        )
        for row in rows
    )
    head = joined(Markup('<th scope="col" class="{}">{}</th>').format(style, words) for words, style in heads)
    said = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(said, head, body)


def section(ident: str, title: str, note: Any, *parts: Markup, style: str = "") -> Markup:
    return Markup('<section id="{}" class="{}"><h2>{}</h2><p class="note">{}</p>{}</section>').format(
        ident, style, title, note, joined(parts)
    )


def the_figures(content: Markup) -> Markup:
    return Markup('<details><summary>The figures</summary><div class="figures">{}</div></details>').format(
        content
    )


def nothing(said: str) -> Markup:
    return Markup('<p class="meta">{}</p>').format(said)


def axis_of(values: Sequence[float], words: Any = "{:,.0f}".format) -> list[tuple[float, str]]:
    return [(value / values[-1], words(value)) for value in values]


class Page:
    """Parts of the page, in the order in which they stand."""

    def __init__(self, found: Figures):
        self.found, self.days = found, found.window.days
        self.span = some(len(self.days), "day")

    def html(self) -> str:
        found = self.found
        until = in_beijing(found.window.until, "%H:%M")
        last = date.fromisoformat(self.days[-1])
        title = f"News archive: {self.span} to {last:%d} {last:%B} {last.year}".replace(" 0", " ")
        ends = "its end" if found.window.whole else until
        about = f"From {self.days[0]} to {ends} of {self.days[-1]}, Beijing time. The archive holds {some(found.archived, 'article')}"
        about += f", the first archived on {found.started}." if found.started else " yet."
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
                Markup("\n").join((self.keys(), self.attention(), self.cards())),
            )
        )  # fmt: skip

    def keys(self) -> Markup:
        found, totals = self.found, self.found.totals
        articles = totals["articles"]
        late = together(found.latency.values())
        pictures = sum(day["pictures"] for day in found.pictures.values())
        kept = pictures - sum(day["failed"] + day["refused"] for day in found.pictures.values())
        ended = sum(sum(day.values()) for day in found.crawls.values())
        worked = ended - sum(day["bad"] for day in found.crawls.values())
        than = f"{change(articles, found.before)} on the {self.span} before" if found.before is not None else f"{articles / len(self.days):,.0f} a day"  # fmt: skip
        named = [
            ("Articles", f"{articles:,}", than),
            ("Publishers", f"{found.publishers:,}", "every article names one" if articles and not totals["publisher"] else f"{percent(totals['publisher'], articles)} of articles name none"),
            ("Seen within", minutes(quantile(late, 0.5)), f"of publication; nine of ten within {minutes(quantile(late, 0.9))}" if late else "no article with a time"),
            ("Complete", percent(totals["complete"], articles), "with headline, time and publisher"),
            ("Pictures kept", percent(kept, pictures), f"{kept:,} of {pictures:,}"),
            ("Good crawls", percent(worked, ended), f"{worked:,} of {ended:,} did their work"),
            ("Told before", percent(found.copies, articles), "of the articles repeat another's story"),
            ("Edited", f"{totals['edited']:,}", f"afterwards; {totals['withdrawn']:,} withdrawn"),
        ]  # fmt: skip
        return Markup('<dl class="keys">{}</dl>').format(
            joined(
                Markup("<div><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>").format(*one)
                for one in named
            )
        )

    def attention(self) -> Markup:
        found = notes(self.found)
        if not found:
            said = "Nothing does." if self.found.archived else "The archive is empty: scrapy crawl fills it."
            told = Markup('<p class="good">{}</p>').format(said)
        else:
            level = {"bad": "Act", "poor": "Look"}
            told = Markup("<ul>{}</ul>").format(
                joined(
                    Markup('<li class="{}"><span class="level">{}</span><a href="#{}">{}</a></li>').format(
                        note.level, level[note.level], note.where, shown(note.said)
                    )
                    for note in found
                )
            )
        return Markup('<section class="attention"><h2>What needs attention</h2>{}</section>').format(told)

    def cards(self) -> Markup:
        parts = (
            self.publishers(), self.latency(), self.securities(), self.quality(), self.stories(), self.crawls(),
            self.gaps(), self.boilerplate(),
        )  # fmt: skip
        return Markup('{}\n<div class="cards">\n{}\n</div>').format(self.volume(), Markup("\n").join(parts))

    def volume(self) -> Markup:
        found, days = self.found, self.days
        counts = {day: row["articles"] for day, row in found.by_day.items()}
        if not counts:
            return section("volume", "Articles a day", f"None in the {self.span}.", style="wide")
        named = [row for row in found.top[:COLOURED] if row["publisher"] is not None]
        rest = {day: count - sum(row["days"].get(day, 0) for row in named) for day, count in counts.items()}
        series = [Series(one_name(row["publisher"]), row["days"]) for row in named]
        if any(rest.values()):
            series.append(Series("all others", rest, "rest"))
        values = ticks(max(counts.values()))
        said = {day: some(counts.get(day, 0), "article") + self._judged(day) for day in days}
        most = max(counts, key=lambda day: (counts[day], day))
        name = f"Articles a day by publisher: {found.totals['articles']:,} in {self.span}, most of them ({counts[most]:,}) on {most}"
        rows = (
            (f"{date.fromisoformat(day):%a} {day}", f"{counts.get(day, 0):,}", *(f"{one.values.get(day, 0):,}" for one in series))
            for day in reversed(days)
        )  # fmt: skip
        return section(
            "volume", "Articles a day", f"By publisher. The most, {counts[most]:,}, came on {most}."
            + ("" if found.window.whole else " The last day is not over."),
            plot(days, stacked(days, series, values[-1]), name, axis_of(values), said), legend(series),
            the_figures(table([("Day", "key"), ("Articles", "n"), *((shown(one.name), "n") for one in series)], rows)),
            style="wide",
        )  # fmt: skip

    def _judged(self, day: str) -> str:
        verdict = self.found.verdicts.get(day)
        if verdict is None or not (verdict.short or verdict.empty):
            return ""
        return f", as a rule {verdict.usual:,.0f}" if verdict.usual is not None else ", none at all"

    def publishers(self) -> Markup:
        found = self.found
        total, top = found.totals["articles"], max((row["articles"] for row in found.top), default=0)
        compared = found.before is not None
        heads = [("Publisher", ""), ("", "drawn"), ("Articles", "n"), ("Share", "n"), *([("Before", "n")] * compared), ("By day", "sparks")]  # fmt: skip
        rows = (
            (
                shown(one_name(row["publisher"])), part_of(row["articles"], top, f"s{at + 1}" if at < COLOURED and row["publisher"] is not None else "rest"),
                f"{row['articles']:,}", percent(row["articles"], total), *([change(row["articles"], row["before"])] * compared),
                spark(self.days, row["days"], f"By day: {one_name(row['publisher'])}"),
            )
            for at, row in enumerate(found.top)
        )  # fmt: skip
        note = (
            f"The busiest of {found.publishers:,}." + f" Before: than in the {self.span} before." * compared
        )
        return section(
            "publishers",
            "Top publishers",
            note,
            table(heads, rows) if top else nothing("No publisher is known."),
        )

    def latency(self) -> Markup:
        found = self.found
        note = "Minutes from publication until a list feed of ours first named the article, as far as our polls can tell."
        if found.backfilled:
            note += f" {some(found.backfilled, 'article')} named more than {LATEST // 60} hours later were back-filled, and do not count."
        medians = {day: quantile(counts, 0.5) for day, counts in found.latency.items()}
        tenths = {day: quantile(counts, 0.9) for day, counts in found.latency.items()}
        if not medians:
            return section("latency", "From publication to our feeds", note, nothing("No list feed named an article whose time is known."))  # fmt: skip
        series = [
            Series("half of the articles within", {day: value for day, value in medians.items() if value is not None}),
            Series("nine of ten within", {day: value for day, value in tenths.items() if value is not None}),
        ]  # fmt: skip
        longest = max(series[1].values.values())
        values = [value * 60 for value in ticks(longest / 60)] if longest >= 120 else ticks(longest, least=5)
        said = {
            day: f"half within {minutes(medians[day])}, nine of ten within {minutes(tenths[day])}"
            for day in self.days
            if day in medians
        }
        late = together(found.latency.values())
        name = f"Minutes from publication to our feeds, by day: half of all within {minutes(quantile(late, 0.5))}, nine of ten within {minutes(quantile(late, 0.9))}"  # fmt: skip
        feeds = table(
            [("Feed", "key"), ("Articles", "n"), ("Half within", "n"), ("Nine of ten", "n"), ("In 15 min", "n")],
            (
                (
                    shown(feed), f"{counts.total():,}", minutes(quantile(counts, 0.5)), minutes(quantile(counts, 0.9)),
                    percent(sum(n for value, n in counts.items() if value < 15), counts.total()),
                )
                for feed, counts in found.by_feed.items()
            ),
        )  # fmt: skip
        return section(
            "latency", "From publication to our feeds", note,
            plot(self.days, lines(self.days, series, values[-1]), name, axis_of(values, lambda value: minutes(value) if value else "0"), said),
            legend(series), feeds,
        )  # fmt: skip

    def securities(self) -> Markup:
        found = self.found
        note = f"By the number of articles that name them, in the {self.span}."
        if not found.securities and not found.groups:
            return section("securities", "Securities most written of", note, nothing("No article names one."))

        def ranked(rows: list[dict[str, Any]], what: str, style: str, drawn: bool) -> Markup:
            top = max(row["articles"] for row in rows)
            return table(
                [(what, ""), ("Code", ""), ("", "drawn"), ("Articles", "n"), *([("By day", "sparks")] * drawn)],
                (
                    (
                        shown(row["name"] or row["code"], LONGEST), shown(row["code"], LONGEST), part_of(row["articles"], top, style),
                        f"{row['articles']:,}", *([spark(self.days, row["days"], plain(f"By day: {row['name'] or row['code']}"))] * drawn),
                    )
                    for row in rows
                ),
            )  # fmt: skip

        parts = [ranked(found.securities, "Share or fund", "s2", True)] if found.securities else []
        if found.groups:
            parts.append(ranked(found.groups[:6], "Board or index", "s5", False))
        return section("securities", "Securities most written of", note, *parts)

    def quality(self) -> Markup:
        found = self.found
        kinds = (
            ("Headline unknown", "headline", "the first sentence stands in"),
            ("Time unknown", "time", "none, or the day of the article's id"),
            ("Publisher unknown", "publisher", ""),
        )
        shares: list[tuple[str, str, dict[str, float], int, int]] = []
        for title, name, said in kinds:
            counts = {day: row[name] / row["articles"] for day, row in found.by_day.items()}
            shares.append((title, said, counts, found.totals[name], found.totals["articles"]))
        pictures = {day: row["failed"] / row["pictures"] for day, row in found.pictures.items()}
        shares.append((
            "Pictures failed", "a later crawl tries again", pictures, sum(row["failed"] for row in found.pictures.values()),
            sum(row["pictures"] for row in found.pictures.values()),
        ))  # fmt: skip
        # One scale, so that they can be compared.
        values = ticks(
            max((value for _, _, counts, _, _ in shares for value in counts.values()), default=0), 0.01, 2
        )
        drawn = []
        for title, said, counts, part, whole in shares:
            head = f"{title}: {percent(part, whole)}" if whole else f"{title}: –"
            tips = {day: percent(counts[day], 1) for day in self.days if day in counts}
            drawn.append(
                Markup('<div class="small"><h3>{} <small>{}</small></h3>{}</div>').format(
                    head, f"{part:,} of {whole:,}" + f"; {said}" * bool(said),
                    plot(self.days, stacked(self.days, [Series(title, counts)], values[-1]), f"{title}, share by day: {percent(part, whole)} in all", axis_of(values, "{:.0%}".format), tips),
                )
            )  # fmt: skip
        rows = (
            (
                f"{date.fromisoformat(day):%a} {day}", f"{row['articles']:,}", f"{row['headline']:,}", f"{row['time']:,}", f"{row['publisher']:,}",
                f"{found.pictures.get(day, {}).get('pictures', 0):,}", f"{found.pictures.get(day, {}).get('failed', 0):,}",
            )
            for day, row in sorted(found.by_day.items(), reverse=True)
        )  # fmt: skip
        heads = [("Day", "key"), ("Articles", "n"), ("Headline", "n"), ("Time", "n"), ("Publisher", "n"), ("Pictures", "n"), ("Failed", "n")]  # fmt: skip
        return section(
            "quality", "What is missing", "Share of each day's articles and pictures, all on one scale.",
            Markup('<div class="multiples">{}</div>').format(joined(drawn)), the_figures(table(heads, rows)),
        )  # fmt: skip

    def stories(self) -> Markup:
        found = self.found
        note = f"Stories that several articles of the {self.span} tell, by how many publishers."
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

    def crawls(self) -> Markup:
        found = self.found
        kinds = (("did all their work", "well", "ok"), ("some links failed", "some", "some"), ("failed or were killed", "bad", "wrong"))  # fmt: skip
        series = [
            Series(words, {day: row[kind] for day, row in found.crawls.items() if row[kind]}, style)
            for words, kind, style in kinds
        ]
        ended = {day: sum(row.values()) for day, row in found.crawls.items()}
        parts: list[Markup] = []
        if ended:
            values = ticks(max(ended.values()))
            said = {
                day: ", ".join(f"{one.values[day]:,} {one.name}" for one in series if day in one.values)
                for day in ended
            }
            name = f"Crawls a day by how they ended: {sum(ended.values()):,}, of which {sum(row['bad'] for row in found.crawls.values()):,} failed or were killed"  # fmt: skip
            parts += [
                plot(self.days, stacked(self.days, series, values[-1]), name, axis_of(values), said),
                legend(series),
            ]
        else:
            parts.append(nothing(f"None in the {self.span}."))
        if found.bad_crawls:
            parts.append(
                Markup('<h3>The latest that failed</h3><ul class="reasons">{}</ul>').format(
                    joined(
                        Markup("<li>{}, {}: {}</li>").format(
                            in_beijing(row["started_at"]), shown(row["spider"]),
                            shown(row["reason"] or (f"ended with {row['exit_status']}" if row["exit_status"] is not None else "was killed")),
                        )
                        for row in found.bad_crawls
                    )
                )
            )  # fmt: skip
        if found.links:
            parts.append(
                Markup("<h3>Links that brought no article</h3>{}").format(
                    table(
                        [("Outcome", "key"), ("Links", "n"), ("The latest", "said")],
                        ((row["outcome"].replace("_", " "), f"{row['links']:,}", shown(row["reason"] or row["url"])) for row in found.links),
                    )
                )
            )  # fmt: skip
        return section("crawls", "Crawls", "Runs of each day, by how they ended.", *parts)

    def gaps(self) -> Markup:
        found, window = self.found, self.found.window
        note = "Holes in the list feeds, in which articles may have come and gone between two polls."
        if not found.gaps:
            return section("gaps", "Gaps", note, Markup('<p class="good">None.</p>'))
        start, end = (datetime.fromisoformat(at).timestamp() for at in (window.since, window.until))

        def place(at: str) -> float:
            return min(max((datetime.fromisoformat(at).timestamp() - start) / (end - start), 0), 1)

        rows = []
        for feed in sorted({gap["feed"] for gap in found.gaps}):
            mine = [gap for gap in found.gaps if gap["feed"] == feed]
            open_ = sum(gap["open"] for gap in mine)
            spans = [
                (place(gap["from_at"]), place(gap["to_at"]), "open" if gap["open"] else "filled", f"{'open' if gap['open'] else 'filled'}: {in_beijing(gap['from_at'])} to {in_beijing(gap['to_at'])}")
                for gap in mine
            ]  # fmt: skip
            rows.append((shown(feed), lane(spans, f"Gaps of {plain(feed)} from {self.days[0]} to {self.days[-1]}"), f"{open_:,}", f"{len(mine) - open_:,}"))  # fmt: skip
        still = [gap for gap in found.gaps if gap["open"]]
        told = Markup('<h3>Open</h3><ul class="reasons">{}</ul>').format(
            joined(
                Markup("<li>{}: {} to {}, tried {}{}</li>").format(
                    shown(gap["feed"]), in_beijing(gap["from_at"]), in_beijing(gap["to_at"]), some(gap["tries"], "time"),
                    Markup("; {}").format(shown(gap["reason"])) if gap["reason"] else "",
                )
                for gap in still[-8:]
            )
        )  # fmt: skip
        heads = [("Feed", "key"), (f"{self.days[0][5:]} to {self.days[-1][5:]}", "strip"), ("Open", "n"), ("Filled", "n")]  # fmt: skip
        return section("gaps", "Gaps", note, table(heads, rows), *([told] if still else []))

    def boilerplate(self) -> Markup:
        rules = self.found.rules
        note = "Fragments that each rule took out of the articles' texts; the table removals holds them all."
        if not rules:
            return section("boilerplate", "Boilerplate", note, nothing("None was found."))
        top = rules[0]["fragments"]
        rows = (
            (shown(row["rule"].replace("_", " ")), part_of(row["fragments"], top, "rest"), f"{row['fragments']:,}", f"{row['articles']:,}")
            for row in rules
        )  # fmt: skip
        return section("boilerplate", "Boilerplate", note, table([("Rule", "key"), ("", "drawn"), ("Fragments", "n"), ("Articles", "n")], rows))  # fmt: skip


def one_name(publisher: str | None) -> str:
    """A publisher's name, cut where it is no name any more."""
    if publisher is None:
        return UNKNOWN
    return plain(publisher, LONGEST)


def page(found: Figures) -> str:
    """The whole file."""
    return Page(found).html()
