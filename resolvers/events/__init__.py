"""Business events in the graph."""
