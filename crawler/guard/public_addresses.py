"""Which IP addresses belong to the public Internet: one table, after the IANA registries.

Sources, as of 2026-11-29: IANA IPv4 Special-Purpose Address Registry, IANA IPv6 Special-Purpose Address Registry, IANA IPv6
Global Unicast Address Assignments, IPv4 Multicast Address Space Registry. Blocks whose "globally reachable" is not True, and
those that a host on the Internet cannot have, are not public.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_PUBLIC_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private use
            "100.64.0.0/10",  # shared address space
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link local, cloud metadata
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # deprecated 6to4 relay anycast
            "192.168.0.0/16",  # private use
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, limited broadcast
        ),
    )
)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""The only part of IPv6 that is assigned for the Internet: all else (::1, fc00::/7, fe80::/10, fec0::/10, 5f00::/16, …) is not."""
NOT_PUBLIC_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID, …
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)
EMBEDDED = {
    ipaddress.IPv6Network("::ffff:0:0/96"): 0,  # IPv4-mapped
    ipaddress.IPv6Network("::ffff:0:0:0/96"): 0,  # IPv4-translated
    ipaddress.IPv6Network("::/96"): 0,  # IPv4-compatible
    ipaddress.IPv6Network("64:ff9b::/96"): 0,  # NAT64
    ipaddress.IPv6Network("2002::/16"): 80,  # 6to4
}
"""Blocks of IPv6 that hold an IPv4 address, and how many bits stand behind it: that address is judged."""
METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",  # most clouds
            "169.254.170.2",  # containers of Amazon
            "169.254.170.23",  # pods of Amazon
            "169.254.0.23",  # Tencent
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle
            "168.63.129.16",  # Azure: a public address that every machine there reaches
            "fd00:ec2::254",  # Amazon
            "fd00:ec2::23",  # pods of Amazon
            "fe80::a9fe:a9fe",  # OpenStack
            "fd20:ce::254",  # Google
        ),
    )
)
"""Addresses at which clouds hand out credentials to the machine that asks."""


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address:
    """An address without its zone, and the IPv4 address where one is embedded. Raises ValueError.

    >>> str(parse_address("::ffff:10.0.0.1")), str(parse_address("fe80::1%eth0"))
    ('10.0.0.1', 'fe80::1')
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        for network, shift in EMBEDDED.items():
            if address in network:
                return ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return address


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public Internet. Raises ValueError.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1")]
    [True, False, False, False, False, False]
    """
    address = parse_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_IPV4)
    return address in GLOBAL_UNICAST and not any(address in network for network in NOT_PUBLIC_IPV6)


def is_metadata(text: str) -> bool:
    """Whether an IP address is a cloud's metadata service. Raises ValueError."""
    return parse_address(text) in METADATA
