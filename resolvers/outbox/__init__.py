"""What leaves Baton, in the graph."""
