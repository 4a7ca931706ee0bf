"""The corpus of mails: what mail programs write in many languages, and how well the new words of it are found."""
