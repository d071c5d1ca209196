"""Readers who send nothing, and those who send too much."""

import asyncio
import socket

import uvicorn

from archive.web import connections
from archive.web.connections import ImpatientProtocol
from archive.web.host_check import LARGEST, bounded


def test_connections_without_a_request_are_closed(monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", 0.05)

    async def run() -> None:
        looked = asyncio.Event()

        class Watched(ImpatientProtocol):
            def look(self) -> None:
                super().look()
                looked.set()

        async def answer(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            for _ in range(3):  # longer than a connection without a request may stay
                looked.clear()
                await looked.wait()
            await send({"type": "http.response.body", "body": b"ok"})

        server = uvicorn.Server(uvicorn.Config(answer, http=Watched, ws="none", log_level="error"))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            host, port = listening.getsockname()
            head = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for sent, got in ((b"", b""), (head[:20], b""), (head, b"ok"), (head + head[:20], b"ok")):
                while True:
                    try:
                        reader, writer = await asyncio.open_connection(host, port)
                        break
                    except ConnectionError:
                        await asyncio.sleep(0)
                writer.write(sent)
                received = await asyncio.wait_for(reader.read(), 60)  # until it is closed
                assert received[-2:] == got, sent
                writer.close()
            server.should_exit = True
            await serving

    asyncio.run(run())


def test_no_more_of_a_body_is_taken_than_shows_that_it_is_too_large():
    async def endless():
        return {"type": "http.request", "body": b"x" * 300_000, "more_body": True}

    async def read() -> int:
        receive, size = bounded(endless), 0
        while True:
            message = await receive()
            size += len(message["body"])
            if not message["more_body"]:
                return size

    assert asyncio.run(read()) == LARGEST + 1
