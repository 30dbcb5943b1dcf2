"""The SDK for Tencent Cloud SMS on the core of tcsms, under the names of the documented SDK."""

__version__ = '0.1.0'
