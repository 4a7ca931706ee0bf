"""GraphQL of segments of shoppers."""
