"""What leaves Baton: rows written with their cause, handed over until they are answered."""
