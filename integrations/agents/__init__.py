"""AI agents that come with Baton, one package each."""
