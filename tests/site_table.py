"""The README's table of sites, from the registry. Run: ``python -m tests.site_table``."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.pages import sites

README = Path(__file__).resolve().parent.parent / "README.md"
PLACE = re.compile(
    r"(<!-- sites: made by python -m tests\.site_table -->\n).*?(<!-- end of sites -->)", re.DOTALL
)


def table() -> str:
    """Markdown: a row a page object."""
    lines = ["| article ids | links |", "|---|---|"]
    for page, hosts in sites().items():
        said = ", ".join(f"`{host}`" for host in sorted(hosts)) or "any host, by the path: see above"
        lines.append(f"| `{page.site}:…` | {said} |")
    lines.append("| `web:…` | every other page, by the generic layer |")
    return "\n".join(lines) + "\n"


def filled(readme: str) -> str:
    """The README with the table in its place."""
    return PLACE.sub(lambda found: found[1] + table() + found[2], readme)


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
