"""What keeps a phone out, one thing at a time, on real SillyTaverns, hosts and firewalls."""
