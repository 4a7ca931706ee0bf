"""The mutations of AI agents."""
