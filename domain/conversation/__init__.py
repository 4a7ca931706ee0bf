"""Conversations: the aggregate that every feature changes, and the commands of shoppers and staff on it."""
