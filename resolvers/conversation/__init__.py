"""GraphQL of conversations and messages."""
