"""Conversations and messages in the graph."""
