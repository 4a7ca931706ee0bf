"""The inverted index of conversations and the planner that answers the conversations table from it."""
