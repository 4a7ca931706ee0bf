"""Secrets at rest, encrypted under the operator's keys."""
