"""The model agent: a language model behind any OpenAI-compatible endpoint."""
