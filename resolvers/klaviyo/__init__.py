"""GraphQL of the connected Klaviyo account."""
