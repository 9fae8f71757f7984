"""This computer's place in the network: addresses, ports and whose they are."""
