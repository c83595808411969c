"""Models from the network: what is wanted, where it is found, a lasting queue, transfers that survive a stop."""
