"""The embedded MongoDB server: start, adoption of a running one, recovery."""
