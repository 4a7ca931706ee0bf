"""The part `knowledge`: rankings of passages compared on a set of questions with known answers."""
