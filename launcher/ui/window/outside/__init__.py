"""The address to use from outside, and what to use instead."""
