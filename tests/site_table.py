"""The table of sites in docs/sites.md, from the registry. Run: ``python -m tests.site_table``."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.pages import sites

DOC = Path(__file__).resolve().parent.parent / "docs" / "sites.md"
PLACE = re.compile(
    r"(<!-- sites: made by python -m tests\.site_table -->\n).*?(<!-- end of sites -->)", re.DOTALL
)


def table() -> str:
    """Markdown: a row a page object."""
    lines = ["| article ids | links |", "|---|---|"]
    for page, hosts in sites().items():
        names = ", ".join(f"`{host}`" for host in sorted(hosts)) or "any host, by the path: see above"
        lines.append(f"| `{page.site}:…` | {names} |")
    lines.append("| `web:…` | every other page, by the generic layer |")
    return "\n".join(lines) + "\n"


def insert_table(text: str) -> str:
    """The page with the table in its place."""
    return PLACE.sub(lambda match: match[1] + table() + match[2], text)


if __name__ == "__main__":
    DOC.write_text(insert_table(DOC.read_text(encoding="utf-8")), encoding="utf-8")
