"""Helpdesks: what they are sent, and how they answer."""
