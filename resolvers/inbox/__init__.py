"""GraphQL of tickets and the inbox."""
