"""Measurements of the program alone, over HTTP and WebSocket: start, latency, memory of a socket."""
