"""What the command line says instead of doing what it was asked."""


class CommandRefused(Exception):
    """The input cannot be read, or must not be used like this: exit code 2, with the reason."""
