"""Tickets and the inbox in the graph."""
