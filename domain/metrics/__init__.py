"""Metrics: the facts of conversations that are counted, and the port that reports read them through."""
