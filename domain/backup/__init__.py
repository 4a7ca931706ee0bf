"""Backups of the whole database, and what a restore has to say to the processes that use it."""
