"""Passing a conversation from the agent to a human: settings, consent, and who may speak."""
