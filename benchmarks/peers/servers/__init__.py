"""The peers in Python. Each module is a program: `python -m benchmarks.peers.servers.bare PORT CONFIG`."""
