"""GraphQL of reports."""
