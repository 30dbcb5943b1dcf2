"""The settings of a client."""
