"""How loops are compiled, and the few machine operations that Python has no word for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numba
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from matching.ranking.kernel_cache import cache_folder


@contextmanager
def _keeping_in(folder: Path) -> Iterator[None]:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


_FOLDER: Final = cache_folder()


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function when it is first called, and keep the result for later processes.

    The interpreter is let go meanwhile, so that threads share the cores. Without ``fastmath``
    nothing is reordered or fused: the same additions in the same order give the same bits as
    NumPy's.
    """
    if _FOLDER is None:
        return njit(nogil=True, error_model="numpy", **options)(function)
    with _keeping_in(_FOLDER):
        return njit(cache=True, nogil=True, error_model="numpy", **options)(function)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a loop that Python calls."""
    return _compile(function)


def compiled_in_place(function: Callable[..., Any]) -> Any:
    """Compile what a loop calls once a pair: passing the arrays would cost more than the work."""
    return _compile(function, forceinline=True)


def _lowest_bit(_context: Any, _word: Any) -> Any:
    """Return the number of the lowest bit that is set; undefined where none is."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


def _count_bits(_context: Any, _word: Any) -> Any:
    """Count the bits that are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _bits_of(_context: Any, _number: Any) -> Any:
    """Return the bits of a float as a whole number."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


def _borrow(_context: Any, group: Any) -> Any:
    """Return a named tuple whose arrays nobody counts references to.

    Counting is an atomic operation, which inside a loop costs more than the loop. Safe for as
    long as the caller holds the arrays.
    """

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        borrowed = arguments[0]
        for number, kind in enumerate(group.types):
            if isinstance(kind, types.Array):
                array = builder.extract_value(borrowed, number)
                owner = context.make_array(kind)(context, builder, array)
                owner.meminfo = ir.Constant(owner.meminfo.type, None)
                borrowed = builder.insert_value(borrowed, owner._getvalue(), number)
        return borrowed

    return group(group), generate


borrow: Final[Any] = intrinsic(_borrow)
lowest_bit: Final[Any] = intrinsic(_lowest_bit)
count_bits: Final[Any] = intrinsic(_count_bits)
bits_of: Final[Any] = intrinsic(_bits_of)
