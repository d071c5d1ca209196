"""The password of a server that others can reach: kept as a scrypt hash, asked for by HTTP Basic authentication."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

COST, BLOCK, PARALLEL = 2**14, 8, 1  # of scrypt: 16 MB and about 50 ms a guess
CHALLENGE = (b"www-authenticate", b'Basic realm="News archive", charset="UTF-8"')


def hash_password(password: str, salt: bytes | None = None) -> str:
    """A hash for the setting SERVE_PASSWORD: ``scrypt:SALT:HASH``, in hex.

    >>> hash_password("x", b"\\0" * 16)[:44], hash_password("x") == hash_password("x")
    ('scrypt:00000000000000000000000000000000:2d72', False)
    """
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL)
    return f"scrypt:{salt.hex()}:{digest.hex()}"


class Password:
    """Checks what clients send against a hash. Raises ValueError for a hash that is not one of `hash_password`."""

    def __init__(self, hashed: str):
        method, _, rest = hashed.partition(":")
        salt, _, digest = rest.partition(":")
        if method != "scrypt" or len(salt) < 16 or len(digest) != 128:
            raise ValueError("not a hash of a password")
        self._salt, self._digest = bytes.fromhex(salt), bytes.fromhex(digest)
        self._accepted = b""
        self._one_guess_at_a_time = asyncio.Lock()

    def matches(self, password: str) -> bool:
        """Whether it is the password; takes as long for any."""
        digest = hashlib.scrypt(password.encode(), salt=self._salt, n=COST, r=BLOCK, p=PARALLEL)
        return hmac.compare_digest(digest, self._digest)

    async def accepts(self, headers: Mapping[bytes, str]) -> bool:
        """Whether the request carries the password, behind any user name. What was accepted last is not hashed again."""
        given = headers.get(b"authorization", "")
        key = hashlib.sha256(given.encode()).digest()
        if hmac.compare_digest(key, self._accepted):
            return True
        password = password_in(given)
        if password is None:
            return False
        async with self._one_guess_at_a_time:
            if not await asyncio.to_thread(self.matches, password):
                return False
        self._accepted = key
        return True


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
