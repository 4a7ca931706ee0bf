"""Stored records of this build and of others: what can be read, and which fields a save changes."""
