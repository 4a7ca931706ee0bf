"""Shoppers in the graph."""
