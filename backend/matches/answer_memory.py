"""Small memories of answers and of the pieces that answers are made of."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

# Each answer is some tens of kilobytes.
KEPT_ANSWERS = 128
# Each piece has some 300 bytes. Amounts and figures are the firms' own, so they never run out.
KEPT_PIECES = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and everything that it follows from beside the question."""

    state: Hashable
    body: bytes


class AnswerMemory:
    """The last answer to each question; the question least recently asked is forgotten first."""

    def __init__(self, size: int = KEPT_ANSWERS) -> None:
        self._size = size
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, question: Hashable) -> Answer | None:
        """Return what was answered last; whoever asks compares its state with the present one."""
        with self._lock:
            answer = self._answers.get(question)
            if answer is not None:
                self._answers.move_to_end(question)
            return answer

    def keep(self, question: Hashable, answer: Answer) -> None:
        """Remember an answer in place of an earlier one to the same question."""
        with self._lock:
            self._answers[question] = answer
            self._answers.move_to_end(question)
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()


class PieceMemory:
    """Pieces of answers by everything that they follow from; a full memory begins anew."""

    def __init__(self, size: int = KEPT_PIECES) -> None:
        self._size = size
        self._pieces: dict[Hashable, bytes] = {}

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return a piece, made now when it is not there.

        Without a lock: two threads that make the same at once make the same bytes.
        """
        pieces = self._pieces
        piece = pieces.get(key)
        if piece is None:
            piece = make()
            if len(pieces) >= self._size:
                pieces = self._pieces = {}
            pieces[key] = piece
        return piece
