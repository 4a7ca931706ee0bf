"""The addresses that take and serve the bytes of attachments."""
