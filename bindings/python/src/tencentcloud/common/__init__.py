"""What the clients of all products share."""
