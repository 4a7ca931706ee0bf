"""MongoDB: where conversations, their events and everything else are kept."""
