"""Klaviyo: business events forwarded to an account's own Klaviyo."""
