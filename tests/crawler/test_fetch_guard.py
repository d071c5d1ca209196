"""What may be fetched: addresses of the public Internet, and what the operator named."""

import pytest

from crawler.fetch_guard import FetchGuard, is_public, origin_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_private_addresses_in_every_coat_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://A.example/x", ("http", "a.example", 80)),
        ("https://a.example:8443", ("https", "a.example", 8443)),
        ("http://[::1]:81/", ("http", "::1", 81)),
        ("http://user:pw@a.example./", ("http", "a.example", 80)),
        ("file:///etc/passwd", None),
        ("//a.example/x", None),
        ("http://a.example:99999/", None),
        ("http://", None),
    ],
)
def test_origins(url, origin):
    assert origin_of(url) == origin


def test_trust_is_by_host_and_port():
    guard = FetchGuard()
    guard.trust("http://127.0.0.1:8000/news?x=1")
    assert guard.trusts("127.0.0.1", 8000)
    assert not guard.trusts("127.0.0.1", 8001)
    assert not guard.trusts("127.0.0.2", 8000)


@pytest.mark.parametrize("address", ["::127.0.0.1", "::10.0.0.1", "::", "::1", "fe80::1%eth0", "0.0.0.0"])
def test_an_ipv4_address_in_another_coat_is_told(address):
    assert not is_public(address)
