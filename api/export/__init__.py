"""Conversations with their transcripts, all that a filter shows, as one stream: `/export`."""
