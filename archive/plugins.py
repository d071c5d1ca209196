"""Extensions of other packages, by entry points: a private format or page needs no fork.

A package declares a module in its ``pyproject.toml``; importing it registers what it holds::

    [project.entry-points."finews_archive.exports"]
    excel = "our_package.excel"
"""

from __future__ import annotations

from importlib.metadata import entry_points
from types import ModuleType

EXPORTS = "finews_archive.exports"
"""Group of modules with formats (`archive.exports.writes`) or site generators (`archive.exports.sites.builds`)."""
WEB = "finews_archive.web"
"""Group of modules with pages (`archive.web.pages.page`); their templates are in the folder ``templates`` beside them."""


class PluginError(Exception):
    """A plugin that cannot be loaded; the message names it and the cause."""


def load_plugins(group: str) -> list[ModuleType]:
    """Import the modules of a group, by name. Raises PluginError."""
    modules = []
    for entry_point in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        try:
            modules.append(entry_point.load())
        except Exception as exc:  # whatever the foreign module raises
            package = entry_point.dist.name if entry_point.dist else "?"
            raise PluginError(
                f"plugin {entry_point.name} ({entry_point.value}, package {package}) cannot be loaded:"
                f" {type(exc).__name__}: {exc}. Fix it, or uninstall {package}"
            ) from exc
    return modules
