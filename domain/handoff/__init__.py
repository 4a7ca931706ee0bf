"""Handoff of a conversation from the agent to a human: settings, consent, tickets in external helpdesks."""
