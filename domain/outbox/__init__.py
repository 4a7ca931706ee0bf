"""The transactional outbox: outgoing calls written with their cause, and delivered at least once."""
