"""The demo account of the first start, and its made-up shop."""
