"""Integrity checks that `baton doctor` runs."""
