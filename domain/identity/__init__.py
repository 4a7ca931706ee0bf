"""Proofs of who a shopper is: identity tokens that the shop signs, and the keys that verify them."""
