"""Files of messages: uploads of callers, files that channels bring, and their addresses."""
