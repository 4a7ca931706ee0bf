"""HTTP client for webhook endpoints."""
