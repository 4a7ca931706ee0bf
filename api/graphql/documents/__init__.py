"""GraphQL documents: the store of parsed documents, and which of them a credential may run."""
