"""Shoppers: who they are, by the identities they have shown."""
