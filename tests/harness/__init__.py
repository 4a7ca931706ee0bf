"""Helpers shared by tests: the whole program in one process, a manual clock, consistency and leak checks."""
