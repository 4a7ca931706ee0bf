"""Measures, not tests: `make bench` runs them all and writes RESULTS.md. Only ratios within one run mean anything."""
