"""Pre-aggregated counters, the history behind `asOf`, and the reports made from them."""
