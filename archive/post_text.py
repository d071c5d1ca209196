"""Text of posts that neither YAML nor Markdown nor a template engine reads otherwise than it is meant."""

from __future__ import annotations

import re

from archive.late_pattern import compile_late

UNTITLED = "（无题）"
GONE = compile_late(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd-\uffff\ud800-\udfff]"
)
BLANKS = compile_late(r"[\s\u0085\u3000\u2028\u2029]+")
ESCAPED = compile_late("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
LINE_BREAKS = compile_late(r"[\r\n]+")
TEMPLATE = compile_late(r"[{}](?=[{%#:}])|(?<=[{%#}])[{}]")
BLOCKS = "p|div|section|article|center|figure|figcaption|blockquote|pre|ul|ol|li|dl|dt|dd|table|caption|colgroup|thead|tbody|tfoot|tr|td|th|h[1-6]|hr"
OTHER_BLOCK = compile_late(rf"<(/?+)(?!p>)(?:{BLOCKS})(?:\s[^<>]*)?>|<br>", re.IGNORECASE)
PRE = compile_late(r"(<pre[^<>]*>)((?:(?!<pre\b).)*?)(</pre>)", re.IGNORECASE | re.DOTALL)


def clean_title(text: str) -> str:
    """A title as one line that can be shown; empty where nothing is left.

    >>> clean_title(" 第一行\\n第二行\\u202e ")
    '第一行 第二行'
    """
    if (
        text.isprintable() and "  " not in text and "\ufffd" not in text
    ):  # of what goes, all but these two is not printable
        return text.strip()
    return BLANKS.sub(" ", GONE.sub("", BLANKS.sub(" ", text))).strip()


def quoted(text: str) -> str:
    r"""A string as one physical line of YAML that all its dialects read alike.

    >>> print(quoted('他说"好" #'))
    "他说\"好\" #"
    """

    def escape(match: re.Match[str]) -> str:
        code = ord(match[0])
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"

    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text if text.isprintable() else ESCAPED.sub(escape, text)}"'


def inert(html: str) -> str:
    """HTML whose template marks are entities: Liquid, Nunjucks, Jinja and shortcodes see none.

    >>> inert("<p>{{ x }} {% y %}</p>")
    '<p>&#123;&#123; x &#125;&#125; &#123;% y %&#125;</p>'
    """
    html = TEMPLATE.sub(lambda match: f"&#{ord(match[0])};", html)
    return re.sub(r"\{(?=&#)", "&#123;", html)


def on_its_own(tag: re.Match[str]) -> str:
    """A block's tag with the line break that Markdown needs beside it."""
    return (
        f"\n{tag[0]}" if tag[1] == "" and tag[0] != "<br>" and not tag[0].startswith("<hr") else f"{tag[0]}\n"
    )


def join_lines(html: str) -> str:
    """*html* on one line, with one blank in the place of each line break and the blanks round it.

    >>> join_lines("  a \\n\\r\\n\\t b\\n")
    '  a b '
    """
    first, *others = LINE_BREAKS.split(html)
    if not others:
        return html
    inner = [line.strip(" \t") for line in others[:-1]]
    return " ".join((first.rstrip(" \t"), *inner, others[-1].lstrip(" \t")))


def safe_body(html: str) -> str:
    """A body that Markdown leaves alone: in one ``<div>``, blocks on lines of their own, never a blank line or indent.

    >>> print(safe_body("<p>甲</p><p>{{ 乙 }}</p>"))
    <div>
    <p>甲</p>
    <p>&#123;&#123; 乙 &#125;&#125;</p>
    </div>
    """
    if "<pre" in html:
        html = PRE.sub(lambda m: m[1] + m[2].replace("\n", "&#10;").replace("\t", "&#9;") + m[3], html)
    if "\n" in html or "\r" in html or "\t" in html:
        html = join_lines(html).replace("\t", "&#9;")
    if "{" in html or "}" in html:
        html = inert(html)
    html = html.replace("<p>", "\n<p>").replace(
        "</p>", "</p>\n"
    )  # nearly all of them: a match each costs 1 µs
    if OTHER_BLOCK.search(html):
        html = OTHER_BLOCK.sub(on_its_own, html)
    lines = [line for line in map(str.strip, html.split("\n")) if line]
    return "<div>\n" + "\n".join(lines) + "\n</div>"
