"""The account's accounts elsewhere, in the graph."""
