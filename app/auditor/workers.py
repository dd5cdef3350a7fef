"""Spreading a verification over processes. What is computed does not depend on their number."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import TypeVar

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """A pool that starts at its first use, so that forked workers inherit the tables built until then."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, function: Callable[[_Task], _Answer], tasks: Sequence[_Task]) -> Iterator[_Answer]:
        """The answers in the order of the tasks."""
        if self._count == 1 or len(tasks) <= 1:
            return map(function, tasks)
        if self._pool is None:
            method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
            self._pool = ProcessPoolExecutor(self._count, mp_context=multiprocessing.get_context(method))
        return self._pool.map(function, tasks)
