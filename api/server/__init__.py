"""The process: its socket, its signals, the uvicorn server, and errors for the operator."""
