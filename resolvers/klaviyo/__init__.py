"""An account's Klaviyo in the graph."""
