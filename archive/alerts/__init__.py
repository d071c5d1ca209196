"""Watches and alerts: what is reported to whom when it happens.

`watches` reads ``watches.toml``, `hits` finds what matches since the last look, `messages` words it, `deliver` sends it.
"""
