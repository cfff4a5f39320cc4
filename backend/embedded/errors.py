"""What can go wrong before and while the platform starts."""


class UnusableError(Exception):
    """The arguments or the machine cannot be used as asked; nothing has been started."""

    exit_status = 2


class StartError(UnusableError):
    """A part of the platform did not start; what had been started is stopped again."""

    exit_status = 1
