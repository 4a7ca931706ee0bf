"""GraphQL of the outbox."""
