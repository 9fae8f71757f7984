"""“Can my phone reach this PC?”: one page on SillyTavern's port, for ten minutes, while SillyTavern does not run."""
