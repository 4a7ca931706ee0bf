"""GraphQL on the wire: documents, limits, execution, and the three transports (HTTP, WebSocket, SSE)."""
