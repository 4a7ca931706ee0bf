"""GraphQL of message delivery on the shopper's own channel."""
