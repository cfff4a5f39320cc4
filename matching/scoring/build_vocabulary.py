"""Build ``vocabulary.json`` from ``corpus.txt`` and the labels of the vocabulary.

Run ``python -m matching.scoring.build_vocabulary`` after a change of the corpus. The result
is a new version of the text model: scores change, so the changelog says so.
"""

from __future__ import annotations

import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from matching import vocabulary
from matching.scoring.ngrams import ngrams

_FOLDER = Path(__file__).parent
_LABELS = (
    vocabulary.FINANCING_TYPES,
    vocabulary.STAGES,
    vocabulary.COLLATERAL,
    vocabulary.QUALIFICATIONS,
    vocabulary.PURPOSES,
    vocabulary.TECH_FIELDS,
    vocabulary.INSTITUTION_KINDS,
)


def read_corpus() -> list[str]:
    """Return the texts that the vocabulary is learned from."""
    lines = (_FOLDER / "corpus.txt").read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    return texts + [label for labels in _LABELS for label in labels.values()]


def learn_idf(texts: list[str]) -> dict[str, float]:
    """Return the smoothed inverse document frequency of each n-gram, in order of n-gram."""
    model = TfidfVectorizer(analyzer=ngrams).fit(texts)
    idf = zip(model.get_feature_names_out(), model.idf_, strict=True)
    return {str(gram): round(float(value), 6) for gram, value in idf}


def render(idf: dict[str, float]) -> str:
    """Write the vocabulary as it stands in the file."""
    return json.dumps({"idf": idf}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def main() -> None:
    """Write the file anew."""
    target = _FOLDER / "vocabulary.json"
    target.write_text(render(learn_idf(read_corpus())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
