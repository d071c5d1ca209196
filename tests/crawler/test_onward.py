"""Pages that only send their reader on: the forms in which scripts, meta elements and headers state the address."""

from __future__ import annotations

import pytest

from crawler.pages.onward import onward

AT = "http://t.example/x"
TO = "https://news.example/a/1.html"

FORMS = {
    "content before the name": f'<meta content="0;url={TO}" http-equiv=refresh>',
    "a refresh in quotes": f'<meta http-equiv="refresh" content="1; URL=\'{TO}\'">',
    "a template string": f"<script>self.location.href = `{TO}`;</script>",
    "percent-encoded": '<script>location.href=decodeURIComponent("https%3A%2F%2Fnews.example%2Fa%2F1.html")</script>',
    "unescaped": '<script>top.location = unescape("https%3a//news.example/a/1.html")</script>',
    "a variable": f'<script>var url="{TO}";window.location.href=url;</script>',
    "a constant, after another variable": f"<script>let a='https://x.example/1';const $to='{TO}';location.replace($to)</script>",
    "a timer": f"<script>setTimeout(\"location.href='{TO}'\", 500)</script>",
}


@pytest.mark.parametrize("page", FORMS.values(), ids=FORMS.keys())
def test_a_page_that_sends_on(page):
    assert onward(f"<html><body>{page}</body></html>", AT) == TO


@pytest.mark.parametrize("value", [f"0; url={TO}", f"0;URL='{TO}'", f"3, url={TO}", f"0;{TO}"])
def test_a_refresh_header(value):
    assert onward("", AT, value) == TO


@pytest.mark.parametrize(
    "page",
    [
        "<script>var next = window.location.href; location.href = next;</script>",
        "<script>location.href = base + '/a/1.html'</script>",
        "<script>location.href = 'about:blank'</script>",
        f"<script>location.href='{AT}#top'</script>",
        '<meta http-equiv="refresh" content="30">',
        '<meta http-equiv="content-type" content="0;url=https://news.example/">',
    ],
)
def test_a_page_that_stays(page):
    assert onward(page, AT) is None


def test_a_page_with_a_text_stays():
    assert onward(f"<script>location.href='{TO}'</script><p>{'山' * 300}</p>", AT) is None
