"""Leased outbox rows and the positions of event subscriptions."""
