"""Gorgias: REST client, outbox sender, credential verifier, ticket reader."""
