"""Profiles of shoppers, found by their identities."""
