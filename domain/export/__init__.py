"""Export of conversations with their transcripts."""
