"""The mutations of knowledge."""
