"""The GraphQL schema: Strawberry types, queries, mutations and subscriptions, with a folder for each feature."""
