"""Implementations of `Ranker`: libraries that rank passages of knowledge."""
