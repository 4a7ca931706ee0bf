"""The knowledge of an account: its articles, snippets and products, and what is found in them."""
