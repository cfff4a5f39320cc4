"""Says a file's faults as problems of the input."""

from backend.common.errors import FieldProblem, InvalidInput
from matching.errors import Fault, InputError

# Nobody mends more in one go, and the answer stays readable.
_SHOWN = 200


def as_invalid_input(error: InputError) -> InvalidInput:
    """Return a file's faults, each with sheet, row, column, value and what is expected."""
    problems = tuple(map(_problem, error.faults[:_SHOWN]))
    hidden = len(error.faults) - len(problems)
    more = f"，此处列出前 {_SHOWN} 处" if hidden else ""
    return InvalidInput(
        "invalid_file", f"文件中有 {len(error.faults)} 处问题{more}。", problems=problems
    )


def _problem(fault: Fault) -> FieldProblem:
    place = [part for part in (fault.where, fault.row, fault.field) if part is not None]
    found = "" if fault.value is None else f"“{fault.value}”："
    return FieldProblem(
        field=".".join(map(str, place)), code=fault.code, message=f"{found}应为 {fault.expected}"
    )
