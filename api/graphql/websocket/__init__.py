"""The `graphql-transport-ws` protocol: handshake, messages, operations, and the bounded send queue."""
