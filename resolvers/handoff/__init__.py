"""Handoffs and their settings in the graph."""
