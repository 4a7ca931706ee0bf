"""How long words are kept: redactions, retention, and legal holds."""
