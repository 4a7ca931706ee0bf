"""Conversations of the past, imported from a file."""
