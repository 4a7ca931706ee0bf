"""Tests of the agents that Baton runs itself: rules in memory."""
