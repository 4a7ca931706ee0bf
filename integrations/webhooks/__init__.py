"""The way to partners' endpoints."""
