"""The audit log: who did what, from where, when, on what."""
