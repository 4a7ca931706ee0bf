"""What shoppers did: the business events as lists and numbers, and the shoppers who did, or did not, as segments."""
