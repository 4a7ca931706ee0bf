"""Past conversations, read for a replay of escalation rules."""
