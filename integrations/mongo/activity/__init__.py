"""What shoppers did and bought: the index behind segments, event lists and sales."""
