"""Bar charts as SVG of our own: one bar a day, no script. The words stand beside it as HTML, so that they stay readable
however narrow the page is; whoever cannot see it reads the table that goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

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
    for at, day in enumerate(days):
        count = counts.get(day, 0)
        x = at * step
        said = f"{day}: {count:,}"
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
                day, said, whole, rect
            )
        )
    total = sum(counts.get(day, 0) for day in days)
    said = f"{name}: {total:,} from {days[0]} to {days[-1]}, at most {top:,} a day" if days else name
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, said, Markup("").join(drawn))


def spark(days: Sequence[str], counts: Mapping[str, int], name: str) -> Markup:
    """A chart as small as a word, without links; a bar stands for as many days as leave it wide enough to be seen.

    >>> str(spark(days_until("2026-12-31", 365), {"2026-12-31": 4}, "all")).count("<rect")
    1
    """
    together = -(-len(days) // SPARK_BARS) or 1
    sums = [
        sum(counts.get(day, 0) for day in days[at : at + together]) for at in range(0, len(days), together)
    ]
    top = max(sums, default=0) or 1
    step = WIDTH / max(len(sums), 1)
    drawn = [
        Markup(
            f'<rect class="bar" x="{at * step:.2f}" y="{HEIGHT - tall:.2f}" width="{step * 0.8:.2f}" height="{tall:.2f}"/>'
        )
        for at, count in enumerate(sums)
        if (tall := count / top * HEIGHT)
    ]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, name, Markup("").join(drawn))
