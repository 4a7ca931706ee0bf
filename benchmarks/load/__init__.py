"""The load generator: HTTP and WebSocket clients on epoll, and what a process costs."""
