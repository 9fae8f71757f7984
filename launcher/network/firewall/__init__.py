"""Does the firewall of this PC let a phone in, and how is it opened? One file per system, `this_pc` for all."""
