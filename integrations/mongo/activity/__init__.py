"""Shoppers' activity: counts of business events, segments, and sales."""
