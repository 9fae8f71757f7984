"""The process that owns the server. It decides; faces only show and ask."""
