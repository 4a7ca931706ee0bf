"""The shopper's own channel, in the graph."""
