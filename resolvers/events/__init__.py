"""GraphQL of business events."""
