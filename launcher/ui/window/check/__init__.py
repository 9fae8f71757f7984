"""Check connection, and the test page that a phone can try."""
