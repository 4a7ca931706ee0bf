"""The mutations of identity, one module for each."""
