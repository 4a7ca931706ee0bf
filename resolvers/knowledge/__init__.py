"""GraphQL of the knowledge of an account: articles, snippets, products."""
