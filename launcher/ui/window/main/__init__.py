"""The main window, with a page for each state, the log and the addresses."""
