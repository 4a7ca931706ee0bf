"""Records of what an account tells its AI agent."""
