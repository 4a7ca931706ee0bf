"""Klaviyo: what proves a key, and what records events under it."""
