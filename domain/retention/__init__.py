"""How long words are kept: the redaction of messages, the retention of an account, and legal holds."""
