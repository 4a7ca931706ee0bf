"""Klaviyo as a receiver of business events."""
