"""``/-/language?to=zh&back=/-/trend``: keeps the reader's choice of a language, and leads back."""

from __future__ import annotations

import re
from typing import Any

from datasette.utils.asgi import Response

from archive import language
from archive.language import gettext
from archive.web.pages import not_found, page
from archive.web.reader_language import set_cookie

LOCAL = re.compile(r"/(?![/\\])[\x21-\x7e]*")
"""An address of this server: a path, never a host's name."""


@page("/-/language$")
async def choose_language(datasette: Any, request: Any) -> Any:
    code = request.args.get("to") or ""
    if code not in language.LANGUAGES:
        raise not_found(
            gettext("No such language"),
            gettext("There are: {codes}.", codes=", ".join(language.LANGUAGES)),
        )
    back = request.args.get("back") or "/"
    target = back if LOCAL.fullmatch(back) else "/"
    return Response("", status=302, headers={"location": target, "set-cookie": set_cookie(code)})
