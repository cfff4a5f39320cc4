"""The version of the library; results name it."""

__version__ = "0.1.0"
