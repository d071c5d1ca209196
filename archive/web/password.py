"""The password of a server that others can reach: kept as a scrypt hash, asked for by HTTP Basic authentication."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

COST, BLOCK, PARALLEL = 2**14, 8, 1  # of scrypt: 16 MB and about 50 ms a guess
FREE = 5  # wrong guesses that a client may make without a pause
LONGEST_PAUSE = 60.0  # seconds; each further wrong guess doubles the pause up to this
MOST_CLIENTS, MOST_ACCEPTED, MOST_WAITING = 10_000, 32, 16
CHALLENGE = (b"www-authenticate", b'Basic realm="News archive", charset="UTF-8"')


def hash_password(password: str, salt: bytes | None = None) -> str:
    """A hash for the setting SERVE_PASSWORD: ``scrypt:SALT:HASH``, in hex.

    >>> hash_password("x", b"\\0" * 16)[:44], hash_password("x") == hash_password("x")
    ('scrypt:00000000000000000000000000000000:2d72', False)
    """
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL)
    return f"scrypt:{salt.hex()}:{digest.hex()}"


class TooManyGuesses(Exception):
    """A client must wait before the next guess; `wait` says how long, in seconds."""

    def __init__(self, wait: float):
        super().__init__(wait)
        self.wait = wait


class Password:
    """Checks what clients send against a hash. Raises ValueError for a hash that is not one of `hash_password`."""

    def __init__(self, hashed: str):
        method, _, rest = hashed.partition(":")
        salt, _, digest = rest.partition(":")
        if method != "scrypt" or len(salt) < 16 or len(digest) != 128:
            raise ValueError("not a hash of a password")
        self._salt, self._digest = bytes.fromhex(salt), bytes.fromhex(digest)
        self._accepted: OrderedDict[bytes, None] = OrderedDict()
        self._one_guess_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """By client: wrong guesses one after the other, and when the next is taken, in seconds of the monotonic clock."""

    def matches(self, password: str) -> bool:
        """Whether it is the password; takes as long for any."""
        digest = hashlib.scrypt(password.encode(), salt=self._salt, n=COST, r=BLOCK, p=PARALLEL)
        return hmac.compare_digest(digest, self._digest)

    async def accepts(self, headers: Mapping[bytes, str], client: str = "") -> bool:
        """Whether the request of *client*, an address, carries the password, behind any user name. What was accepted is not
        hashed again. Raises TooManyGuesses, also where more wait for their turn than there can be people."""
        authorization = headers.get(b"authorization", "")
        key = hashlib.sha256(authorization.encode()).digest()
        if key in self._accepted:
            return True
        password = password_in(authorization)
        if password is None:
            return False
        client = network_of(client)
        if self._waiting >= MOST_WAITING:
            raise TooManyGuesses(1.0)
        self._waiting += 1
        try:
            async with self._one_guess_at_a_time:
                if key in self._accepted:  # a browser asks for several things at once
                    return True
                count, next_at = self._wrong.get(client, (0, 0.0))
                if (wait := next_at - time.monotonic()) > 0:
                    raise TooManyGuesses(wait)
                if not await asyncio.to_thread(self.matches, password):
                    pause = min(2.0 ** (count - FREE), LONGEST_PAUSE) if count >= FREE else 0.0
                    _keep(self._wrong, client, (count + 1, time.monotonic() + pause), MOST_CLIENTS)
                    return False
        finally:
            self._waiting -= 1
        self._wrong.pop(client, None)
        _keep(self._accepted, key, None, MOST_ACCEPTED)
        return True


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Put *value* in, and take out what was put in first where there are more than *most*."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)


def network_of(client: str) -> str:
    """Whose guesses are counted together: an IPv4 address, or the 2**64 addresses that one IPv6 host has.

    >>> network_of("203.0.113.9"), network_of("2001:db8::1"), network_of("unix")
    ('203.0.113.9', '2001:db8::/64', 'unix')
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    return client if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def password_in(authorization: str) -> str | None:
    """The password of a Basic ``Authorization`` header; None where there is none.

    >>> password_in("Basic " + base64.b64encode("me:a:密".encode()).decode()), password_in("Bearer x"), password_in("Basic !")
    ('a:密', None, None)
    """
    scheme, _, data = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text.partition(":")[2] or None
