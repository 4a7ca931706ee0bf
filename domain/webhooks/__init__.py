"""Webhook endpoints: the URL, the topics and the signing secret of each."""
