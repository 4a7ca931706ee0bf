"""The process: its socket, its signals, the uvicorn server, CORS, and errors for the operator."""
