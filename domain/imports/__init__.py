"""Import of past conversations from a file."""
