"""GraphQL of the account, its staff and its settings."""
