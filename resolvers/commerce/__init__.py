"""What may become a sale, in the graph."""
