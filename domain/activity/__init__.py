"""Activity of shoppers: business events as lists and counts, and segments of shoppers by what they did."""
