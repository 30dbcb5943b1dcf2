"""What the package brings beside the modules of the documented SDK: help for the tests of a program that sends SMS, in
:mod:`tcsms.testing`."""
