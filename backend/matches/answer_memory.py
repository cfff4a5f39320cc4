"""A small memory of answers, the least recently asked forgotten first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

# Each answer is some tens of kilobytes.
KEPT_ANSWERS = 128


class AnswerMemory:
    """Answers by everything that they follow from; an equal key means an equal answer."""

    def __init__(self, size: int = KEPT_ANSWERS) -> None:
        self._size = size
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], bytes]) -> bytes:
        """Return the answer to a key, computed now when it is not remembered.

        Two threads that ask the same at once may both compute; they find the same.
        """
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = compute()
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
