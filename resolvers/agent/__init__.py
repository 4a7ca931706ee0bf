"""The API of AI agents: turns and their claims."""
