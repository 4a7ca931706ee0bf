"""The mutations of retention."""
