"""`/export/profile/<token>`: everything about one shopper, as a ZIP of NDJSON files and a page for people."""
