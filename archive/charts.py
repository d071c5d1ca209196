"""Charts by day as SVG of our own, no script. The drawing is stretched to its box; the words stand beside it as HTML, so that
they stay readable however narrow the page is. Whoever cannot see it reads the table that goes with it.

Colours are the style sheet's: bars and lines are of the classes ``s1``, ``s2``, ... in the order of their series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, log10
from pathlib import Path

from markupsafe import Markup

from archive.language import gettext
from archive.times import weekday_name

STYLE = (Path(__file__).parent / "charts.css").read_text(encoding="utf-8")
"""Style sheet of `plot`, `stacked`, `lines` and `legend`."""
WIDTH, HEIGHT = 1000, 100  # of the drawing, stretched to its box
SPARK_BARS = 45
LEAST = 1.5  # of HEIGHT: a day with one article among thousands still shows


def days_until(last: str, count: int) -> list[str]:
    """*count* days, the last of them *last*.

    >>> days_until("2026-03-01", 3)
    ['2026-02-27', '2026-02-28', '2026-03-01']
    """
    end = date.fromisoformat(last)
    return [(end - timedelta(days=back)).isoformat() for back in range(count - 1, -1, -1)]


def bars(days: Sequence[str], counts: Mapping[str, int], name: str, top: int | None = None) -> Markup:
    """The number of articles of each of *days*. *name* says what is shown; *top* is the scale's end, else the highest.

    >>> str(bars(["2026-02-28", "2026-03-01"], {"2026-03-01": 4}, "articles")).count('<rect class="bar')
    1
    """
    top = top or max((counts.get(day, 0) for day in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    gap = min(step * 0.18, 4)
    drawn = []
    for index, day in enumerate(days):
        count = counts.get(day, 0)
        x = index * step
        label = f"{day}: {count:,}"
        rect = Markup("")
        if count:
            tall = max(count / top * HEIGHT, LEAST)
            weekend = " weekend" * (date.fromisoformat(day).weekday() >= 5)
            rect = Markup(
                f'<rect class="bar{weekend}" x="{x + gap / 2:.2f}" y="{HEIGHT - tall:.2f}" width="{step - gap:.2f}" height="{tall:.2f}"/>'
            )
        whole = Markup(f'<rect class="day" x="{x:.2f}" y="0" width="{step:.2f}" height="{HEIGHT}"/>')
        drawn.append(
            Markup('<a href="/-/day?day={}" tabindex="-1"><title>{}</title>{}{}</a>').format(
                day, label, whole, rect
            )
        )
    total = sum(counts.get(day, 0) for day in days)
    label = name
    if days:
        label = gettext(
            "{name}: {total:,} from {first} to {last}, at most {most:,} a day",
            name=name,
            total=total,
            first=days[0],
            last=days[-1],
            most=top,
        )
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="group" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup("").join(drawn))


def spark(days: Sequence[str], counts: Mapping[str, int], name: str) -> Markup:
    """A chart as small as a word, without links; a bar stands for as many days as leave it wide enough to be seen.

    >>> str(spark(days_until("2026-12-31", 365), {"2026-12-31": 4}, "all")).count("<rect")
    1
    """
    together = -(-len(days) // SPARK_BARS) or 1
    sums = [
        sum(counts.get(day, 0) for day in days[index : index + together])
        for index in range(0, len(days), together)
    ]
    top = max(sums, default=0) or 1
    step = WIDTH / max(len(sums), 1)
    drawn = [
        Markup(
            f'<rect class="bar" x="{index * step:.2f}" y="{HEIGHT - tall:.2f}" width="{step * 0.8:.2f}" height="{tall:.2f}"/>'
        )
        for index, count in enumerate(sums)
        if (tall := count / top * HEIGHT)
    ]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, name, Markup("").join(drawn))


@dataclass(frozen=True, slots=True)
class Series:
    """What a colour stands for, and its value of each day; a day without one is left out."""

    name: str
    values: Mapping[str, float]
    style: str = ""
    """Class of what is drawn, instead of ``s1``, ``s2``, ... by place."""


def style_of(series: Sequence[Series], index: int) -> str:
    return series[index].style or f"s{index + 1}"


def ticks(top: float, least: float = 1, most: int = 4) -> list[float]:
    """Round values of an axis from 0 to the first at or above *top* (at least *least*), at most *most* steps.

    >>> ticks(130), ticks(0), ticks(0.07, 0.01), ticks(4)
    ([0, 50, 100, 150], [0, 1], [0.0, 0.02, 0.04, 0.06, 0.08], [0, 1, 2, 3, 4])
    """
    top = max(top, least)
    unit = 10.0 ** floor(log10(top / most))
    step = next(size * unit for size in (1, 2, 5, 10) if size * unit * most >= top * (1 - 1e-9))
    if least >= 1:
        step = max(round(step), 1)
    count = -(-top // step)
    return [round(step * index, 9) for index in range(int(count) + 1)]


def stacked(days: Sequence[str], series: Sequence[Series], top: float) -> Markup:
    """Bars of several parts, the first series at the bottom.

    >>> str(stacked(["2026-06-30"], [Series("a", {"2026-06-30": 1}), Series("b", {"2026-06-30": 3})], 4)).count("<rect")
    2
    """
    step = WIDTH / max(len(days), 1)
    gap = min(step * 0.18, 4)
    drawn = []
    for index, day in enumerate(days):
        base = 0.0
        for place in range(len(series)):
            value = series[place].values.get(day, 0)
            if not value:
                continue
            tall = value / top * HEIGHT
            drawn.append(
                Markup('<rect class="part {}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
                    style_of(series, place),
                    index * step + gap / 2,
                    HEIGHT - base - tall,
                    step - gap,
                    max(tall, 0.4),
                )
            )
            base += tall
    return Markup("").join(drawn)


def lines(days: Sequence[str], series: Sequence[Series], top: float) -> Markup:
    """A line a series, broken where days have no value; a dot where a day stands alone.

    >>> str(lines(["2026-06-28", "2026-06-29", "2026-06-30"], [Series("a", {"2026-06-28": 1, "2026-06-30": 2})], 2))
    '<path class="line s1" d="M166.67 50.00h.01M833.33 0.00h.01"/>'
    """
    step = WIDTH / max(len(days), 1)
    drawn = []
    for place, item in enumerate(series):
        path, alone = "", True
        for index, day in enumerate(days):
            value = item.values.get(day)
            if value is None:
                path, alone = path + "h.01" * bool(path and alone and not path.endswith("h.01")), True
                continue
            spot = f"{(index + 0.5) * step:.2f} {HEIGHT - min(value, top) / top * HEIGHT:.2f}"
            before = index and item.values.get(days[index - 1]) is not None
            path += f"{'L' if before else 'M'}{spot}"
            alone = not before
        path += "h.01" * bool(path and alone and not path.endswith("h.01"))
        if path:
            drawn.append(Markup('<path class="line {}" d="{}"/>').format(style_of(series, place), path))
    return Markup("").join(drawn)


def plot(
    days: Sequence[str], drawn: Markup, name: str, axis: Sequence[tuple[float, str]], tips: Mapping[str, str]
) -> Markup:
    """A drawing with its axes; *days* are days, or the first of each span of them. *axis* is each tick as a share of the height with its words, *said* what a day's tip tells.

    >>> svg = str(plot(["2026-06-30"], Markup(""), "Articles <a day>", [(0, "0"), (1, "10")], {"2026-06-30": "7"}))
    >>> 'role="img"><title>Articles &lt;a day&gt;</title>' in svg, "<title>Tue 2026-06-30: 7</title>" in svg
    (True, True)
    """
    step = WIDTH / max(len(days), 1)
    each = len(days) < 2 or (date.fromisoformat(days[-1]) - date.fromisoformat(days[-2])).days == 1
    behind, above = [], []
    for index, day in enumerate(days):
        weekday = date.fromisoformat(day)
        if each and weekday.weekday() >= 5:
            behind.append(
                Markup('<rect class="off" x="{:.2f}" y="0" width="{:.2f}" height="{}"/>').format(
                    index * step, step, HEIGHT
                )
            )
        if day in tips:
            above.append(
                Markup(
                    '<rect class="day" x="{:.2f}" y="0" width="{:.2f}" height="{}"><title>{} {}: {}</title></rect>'
                ).format(
                    index * step, step, HEIGHT, weekday_name(day) if each else gettext("from"), day, tips[day]
                )
            )
    behind += [
        Markup('<path class="grid" d="M0 {:.2f}H{}"/>').format(HEIGHT - share * HEIGHT, WIDTH)
        for share, _ in axis
    ]
    marks = [
        Markup('<span style="bottom:{:.2f}%">{}</span>').format(share * 100, words) for share, words in axis
    ]
    return Markup(
        '<div class="plot"><div class="ys" aria-hidden="true">{}</div><svg viewBox="0 0 {} {}" preserveAspectRatio="none" '
        'role="img"><title>{}</title>{}{}{}</svg><div class="xs" aria-hidden="true">{}</div></div>'
    ).format(
        Markup("").join(marks), WIDTH, HEIGHT, name, Markup("").join(behind), drawn, Markup("").join(above),
        _days_named(days),
    )  # fmt: skip


DAYS_NAMED = 8


def _days_named(days: Sequence[str]) -> Markup:
    """The axis of days: the last one, and others as far from each other as leaves them room; the less needed are ``odd``
    and ``rare``, to be left out where it is narrow."""
    apart = max(-(-len(days) // DAYS_NAMED), 1)
    if 3 < apart < 20:
        apart = -(-apart // 7) * 7  # weeks, so that the same weekday is named
    whole_year = len(days) > 1 and (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days > 300
    kinds = ("", "odd", "rare long" if whole_year else "rare", "odd")
    return Markup("").join(
        Markup('<span class="{}" style="left:{:.2f}%">{}</span>').format(
            kinds[place % 4],
            (index + 0.5) / len(days) * 100,
            days[index][:7] if whole_year else days[index][5:],
        )
        for place, index in enumerate(range(len(days) - 1, -1, -apart))
    )


def legend(series: Sequence[Series]) -> Markup:
    """What the colours stand for."""
    return Markup('<ul class="legend">{}</ul>').format(
        Markup("").join(
            Markup('<li><i class="{}"></i><bdi>{}</bdi></li>').format(style_of(series, index), item.name)
            for index, item in enumerate(series)
        )
    )


def part_of(value: float, top: float, style: str = "s1") -> Markup:
    """A bar that lies, in a table's cell; the number stands beside it."""
    return Markup(
        '<svg class="lying" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="part {}" width="{:.2f}" height="10"/></svg>'
    ).format(style, max(value / top * 100, 0.5) if top and value else 0)


def lane(spans: Sequence[tuple[float, float, str, str]], name: str) -> Markup:
    """A strip of time with *spans* in it: from, to (0 to 1), class and what it tells."""
    drawn = Markup("").join(
        Markup(
            '<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="10"><title>{}</title></rect>'
        ).format(style, start * WIDTH, max((end - start) * WIDTH, 4), tip)
        for start, end, style, tip in spans
    )
    return Markup(
        '<svg class="lane" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img"><title>{}</title>{}</svg>'
    ).format(WIDTH, name, drawn)
