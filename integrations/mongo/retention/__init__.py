"""Where words are besides the records that commands change."""
