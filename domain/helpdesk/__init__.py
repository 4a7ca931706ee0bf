"""Imports from helpdesks: comments and states of the tickets that conversations were handed off to."""
