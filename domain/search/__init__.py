"""Search of conversations: the terms of a text, of a conversation and of a query."""
