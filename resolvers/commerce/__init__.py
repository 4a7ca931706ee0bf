"""GraphQL of touches, orders, refunds and sales."""
