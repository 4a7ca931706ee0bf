"""The graph of identity: the keys that verify identity tokens."""
