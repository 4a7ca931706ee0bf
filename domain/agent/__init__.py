"""The commands of the AI agent."""
