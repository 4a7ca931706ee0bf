"""Replies to waiting turns by the agents that Baton runs itself, and previews of them."""
