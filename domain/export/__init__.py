"""Taking conversations out, with their transcripts."""
