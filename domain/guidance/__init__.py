"""Guidance of the agent: settings, the check of escalation rules, and their replay over past conversations."""
