"""How loops are compiled, and the few machine operations that Python has no word for."""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# Compiled once and kept beside the module (NUMBA_CACHE_DIR moves that). The interpreter is let
# go meanwhile, so that threads share the cores. Without `fastmath` nothing is reordered or
# fused: the same additions in the same order give the same bits as NumPy's.
compiled: Final[Any] = njit(cache=True, nogil=True, error_model="numpy")
# For what is called once a pair: passing the arrays would cost more than the work.
compiled_in_place: Final[Any] = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


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
