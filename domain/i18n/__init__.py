"""Texts of Baton itself for shoppers, in their language: message catalogs, dates and amounts."""
