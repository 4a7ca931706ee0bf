"""Erasure of test conversations."""
