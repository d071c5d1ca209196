"""A destination of alerts on loopback: a web hook that keeps what it is sent, and can be stopped and started again."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """``url`` is its Apprise address; ``messages`` are ``(title, body)`` in the order they came."""

    def __init__(self, path: str = "hook-of-a-test") -> None:
        self.messages: list[tuple[str, str]] = []
        self.status = 200
        """What it answers; it keeps messages only where that is 200."""
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.start()
        self.url = f"json://127.0.0.1:{self._port}/{path}"

    def start(self) -> None:
        """Listen, on the port it had before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver.status == 200:
                    receiver.messages.append((data["title"], data["message"]))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def text(self) -> str:
        """All that came, as one text."""
        return "\n".join(f"{title}\n{body}" for title, body in self.messages)
