"""GraphQL of attachments: uploads, and the files of messages."""
