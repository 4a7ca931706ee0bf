"""How whoever runs Baton sees what it does: metrics for Prometheus, logs as JSON, traces."""
