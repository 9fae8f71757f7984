"""SillyTavern's own files as text: text + change -> text. Every byte outside the change stays. PURE."""
