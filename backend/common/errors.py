"""Errors of the domain: a stable code, a sentence for people, and where it belongs.

Services raise them; one handler turns them into API problems, forms turn them into form
errors. They know nothing of HTTP beyond the kind of refusal that they are.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong input: ``field`` is a dotted path such as ``qualifications.0.code``."""

    field: str
    code: str
    message: str


class DomainError(Exception):
    """A rule of the domain refuses; subclasses say how."""

    def __init__(self, code: str, message: str, *, problems: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = problems


class InvalidInput(DomainError):
    """The values given cannot be right; ``problems`` names each field."""

    @classmethod
    def of(cls, field: str, code: str, message: str) -> "InvalidInput":
        """Refuse one field."""
        return cls("invalid_input", message, problems=(FieldProblem(field, code, message),))


class NotPermitted(DomainError):
    """The actor may see the object but may not do this to it."""


class StateConflict(DomainError):
    """The object's state, or something it depends on, does not allow this."""


class StaleRevision(DomainError):
    """Somebody else changed the object since the actor read it."""

    def __init__(self, *, expected: int, actual: int) -> None:
        super().__init__(
            "stale_revision",
            f"内容已被他人修改（您看到的是第 {expected} 版，现为第 {actual} 版）。请刷新后再改。",
        )
