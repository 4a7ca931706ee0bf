"""GraphQL of the agent's guidance and its escalation rules."""
