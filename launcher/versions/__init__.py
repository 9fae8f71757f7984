"""What each SillyTavern version reads, prints and needs: the only place that knows. PURE.

Measured by starting every published version, 1.9.0 to 1.19.0. A new version is a value in `table` for each fact that
it changes; a new line that the server prints is a row in `console_lines` or `end_lines`.
"""
