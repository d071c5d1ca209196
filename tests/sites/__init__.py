"""The posts built by the real site generators: ``make test-sites``."""
