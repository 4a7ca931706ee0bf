"""The cost of operations, worked out before they run."""
