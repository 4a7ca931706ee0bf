"""Incoming webhooks: one module for each vendor, each at a secret URL."""
