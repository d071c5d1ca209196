"""Connections over which nothing comes: closed, or some thousands of them would leave no file descriptor for a reader."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0  # seconds for the head of a request


class ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP, which itself has a limit of time between two requests alone."""

    last: Any = None
    """The request that had been answered at the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        self.loop.call_later(PATIENCE, self.look)

    def look(self) -> None:
        """Close the connection where no request has come since the last look, and none is being answered."""
        if self.transport.is_closing():
            return
        is_waiting = self.cycle is None or self.cycle.response_complete
        if is_waiting and self.cycle is self.last:
            self.transport.close()
            return
        self.last = self.cycle
        self.loop.call_later(PATIENCE, self.look)
