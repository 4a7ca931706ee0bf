"""The inverted index of conversations, and the planner that reads lists and searches from it."""
