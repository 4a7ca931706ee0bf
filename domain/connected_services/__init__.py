"""The services that an account connects: helpdesks, channels, marketing, shops."""
