"""The version of this package. Packages of other products bring their own `tencentcloud/__init__.py`, so it is not read
from there."""

VERSION = '0.1.0'
