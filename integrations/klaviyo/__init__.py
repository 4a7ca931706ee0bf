"""Klaviyo: API client, credential verifier, event sender."""
