"""Global ids, cursors and connections, as Relay specifies them (relay.dev/docs/guides/graphql-server-specification)."""
