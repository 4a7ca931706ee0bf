"""The entry points of the graph by name; each leads into a feature's folder."""
