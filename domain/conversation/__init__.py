"""Conversations between a shopper and the agent: state, rules, commands."""
