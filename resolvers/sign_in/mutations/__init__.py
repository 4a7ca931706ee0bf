"""The mutations of sign-in."""
