"""Baton and its peers side by side: the same data, the same operations, one processor core for each server."""
