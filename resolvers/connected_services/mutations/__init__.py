"""One file a mutation, named like it."""
