"""Benchmarks: `make bench` runs them all and writes RESULTS.md. Only ratios within one run are meaningful."""
