"""Forwarding: each receiver (webhook endpoint, Klaviyo) gets the account's business events in log order."""
