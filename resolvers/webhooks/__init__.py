"""Partners' endpoints in the graph, and what is sent to them."""
