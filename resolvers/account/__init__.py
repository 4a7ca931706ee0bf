"""The account, its staff and settings in the graph."""
