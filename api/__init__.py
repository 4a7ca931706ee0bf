"""How the world gets in: processes, transports, credentials."""
