"""GraphQL of shoppers' profiles."""
