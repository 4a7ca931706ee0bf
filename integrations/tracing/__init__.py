"""Traces by OpenTelemetry. Nothing here is imported while they are switched off: its packages are optional."""
