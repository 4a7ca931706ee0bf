"""GraphQL of handoffs and their settings."""
