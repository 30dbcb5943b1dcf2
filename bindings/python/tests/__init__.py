"""The tests of the SDK for Python; `run-tests` runs them."""
