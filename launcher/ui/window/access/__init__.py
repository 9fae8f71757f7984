"""Who can get in: the whitelist, the login, the mode, and the devices."""
