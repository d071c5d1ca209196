"""The elements that a stored body may hold: what the sanitiser lets through, and what is shown of an archive made elsewhere."""

TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "s", "sub", "sup", "span", "a", "img", "center", "div", "section", "article",
    "figure", "figcaption", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup",
    "col", "thead", "tbody", "tfoot", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "video", "audio", "source",
}  # fmt: skip
