"""The benchmarks: ``make bench``. Ratios of CPU seconds within one run; the server is another process."""
