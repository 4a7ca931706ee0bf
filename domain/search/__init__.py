"""Finding conversations by words: what a text is made of, what is looked for, and what a conversation is found by."""
