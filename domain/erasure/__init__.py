"""Erasure: of test conversations when their life is over, and of shoppers on request."""
