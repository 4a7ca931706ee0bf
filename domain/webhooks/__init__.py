"""Partners' endpoints: which business events they get, where, and under which secret."""
