"""Pages: one module each. A page is ``async (datasette, request) -> Response``.

Other packages add theirs by the entry point ``finews_archive.web``.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Forbidden, Response
from datasette.views.base import DatasetteError

from archive.language import gettext
from archive.plugins import WEB, load_plugins
from archive.reader import find_odd_value
from archive.web.host_check import OURS
from archive.web.not_now import not_now

Page = Callable[[Any, Any], Awaitable[Any]]

routes: list[tuple[str, Page]] = []
"""Pattern of the path, and its page."""
menu: list[tuple[str, str]] = []
"""Path and label of the pages that plugins add to the navigation."""


def page(pattern: str, *, label: str | None = None) -> Callable[[Page], Page]:
    """Register a page under the paths that *pattern* matches. With *label* the navigation links to it: the pattern must
    then be a plain path, but for a ``$`` at its end."""

    def register(make: Page) -> Page:
        async def answer(datasette: Any, request: Any) -> Any:
            response = await with_reasons(make)(datasette, request)
            response.headers.setdefault("content-security-policy", OURS)
            return response

        routes.append((pattern, answer))
        if label:
            menu.append((pattern.removesuffix("$"), label))
        return make

    return register


def with_reasons(make: Page) -> Page:
    """A page that raises DatasetteError alone, with what is wrong in the reader's words, where the archive does not answer."""

    async def answer(datasette: Any, request: Any) -> Any:
        try:
            return await make(datasette, request)
        except QueryInterrupted:
            seconds = datasette.sql_time_limit_ms // 1000
            raise DatasetteError(
                gettext(
                    "This took more than {seconds} seconds, which is as long as a page may ask. Ask for fewer days.",
                    seconds=seconds,
                ),
                title=gettext("Too much at once"),
                status=503,
            ) from None
        except (DatasetteError, Base400, Forbidden):
            raise
        except Exception as exc:
            path = Path(datasette.get_database("archive").path)
            odd = await asyncio.to_thread(find_odd_value, path)
            if not odd and not isinstance(exc, sqlite3.Error):
                raise
            raise (isinstance(exc, sqlite3.Error) and not_now(path, exc)) or DatasetteError(
                gettext("The archive could not be read: {error}.", error=odd or exc),
                title=gettext("The archive could not be read"),
                status=500,
            ) from None

    return answer


async def render_page(datasette: Any, request: Any, template: str, **what: Any) -> Any:
    """A page made of a template."""
    return Response.html(await datasette.render_template(template, what, request=request))


def not_found(title: str, why: str) -> DatasetteError:
    """To be raised."""
    return DatasetteError(why, title=title, status=404)


@cache
def load_pages() -> list[Path]:
    """Import every page, ours and those of plugins. Folders of templates of the plugins. Raises PluginError."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    files = (module.__file__ for module in load_plugins(WEB))
    return [Path(file).parent / "templates" for file in files if file]
