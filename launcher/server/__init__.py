"""SillyTavern as a program: find it, install it, know its version, start it, read what it prints."""
