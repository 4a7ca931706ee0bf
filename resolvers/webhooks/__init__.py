"""GraphQL of partners' webhook endpoints, and the payload of their requests."""
