"""The process that owns the server. It decides; UIs only show and ask."""
