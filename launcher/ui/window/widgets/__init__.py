"""What the windows are made of: theme, texts, buttons, cards, fields, lists, and how a window behaves."""
