"""Helpdesks: one package for each vendor, and the transcript that they share."""
