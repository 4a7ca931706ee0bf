"""The mutations of attachments."""
