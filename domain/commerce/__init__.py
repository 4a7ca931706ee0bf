"""Touches, orders and refunds, and the attribution of sales to conversations."""
