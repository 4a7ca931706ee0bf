"""One module for each mutation, with its name."""
