"""The architectures that are supported, a module each; a new one is one more module."""
