"""What the command line says instead of an answer."""


class CannotTell(Exception):
    """The input cannot be read or is not for this command: exit code 2, with the reason."""
