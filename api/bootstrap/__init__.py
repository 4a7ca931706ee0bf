"""The one place that knows every concrete class of the outside, and hands it on as ports."""
