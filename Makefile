.PHONY: demo test lint bench test-sites
