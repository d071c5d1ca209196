"""Reads any news page: text out of bytes, then headline, time, source, writers, body and images, each in a file of
its own. Knows no site; what is particular to one is in its page object. No network, clock or settings."""
