"""Segments: shoppers by what they did and did not do."""
