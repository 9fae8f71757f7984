"""What each SillyTavern version reads, prints and needs. No other package knows. PURE.

Measured by starting every published version, 1.9.0 to 1.19.0. A new version adds a value to `table` for each fact
that it changes; a new line of the server adds a row to `console_lines` or `end_lines`.
"""
