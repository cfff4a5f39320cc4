"""Model files: what comes back is what was saved, and nothing else is let in."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import skops.io

from matching.ranking.learned import (
    LearnedModel,
    ModelFileError,
    dump_model,
    fit_model,
    load_model,
    model_sha256,
    read_model,
    save_model,
    store,
)
from tests.matching.learned.outcomes import UNTIL, made_candidates, made_outcomes


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    return fit_model(made_outcomes(), made_candidates(), until=UNTIL)


def sealed(state: object) -> bytes:
    """Return a file with a right seal around any content."""
    payload = skops.io.dumps(state)
    return b"\n".join((b"kerong-model/2", hashlib.sha256(payload).hexdigest().encode(), payload))


def code_of(content: bytes, **options: str) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_model(content, **options)
    assert str(caught.value)
    return caught.value.code


def test_a_saved_model_comes_back_as_it_was(model: LearnedModel, tmp_path: Path) -> None:
    path = tmp_path / "model.kerong"
    digest = save_model(model, path)
    again = load_model(path, sha256=digest)
    assert asdict(again.card) == asdict(model.card)
    need = made_outcomes()[0].need
    first, second = (own.contributions(need, made_candidates()) for own in (model, again))
    assert first.parts == second.parts
    assert first.values.tobytes() == second.values.tobytes()
    assert first.scores.tobytes() == second.scores.tobytes()
    assert model.curves
    said = [own.chances(need, made_candidates()) for own in (model, again)]
    assert said[0].tobytes() == said[1].tobytes()
    bands = [[own.band(need, one) for one in made_candidates()] for own in (model, again)]
    assert bands[0] == bands[1]
    assert dump_model(again) == path.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.kerong"]


def test_every_changed_byte_is_noticed(model: LearnedModel) -> None:
    content = dump_model(model)
    places = np.random.default_rng(0).integers(0, len(content), size=60)
    for place in [0, 5, 20, 100, len(content) - 1, *places.tolist()]:
        changed = bytearray(content)
        changed[place] ^= 1
        assert code_of(bytes(changed)) in {"tampered", "not_a_model"}
    assert code_of(content[:-1]) == "tampered"


def test_a_forged_file_with_a_right_seal_is_not_the_registered_one(model: LearnedModel) -> None:
    content = dump_model(model)
    assert code_of(content, sha256=model_sha256(b"another")) == "unexpected_file"
    assert read_model(content, sha256=model_sha256(content)).card == model.card


def test_a_model_of_another_version_is_refused(
    model: LearnedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = dump_model(model)
    monkeypatch.setattr(store, "__version__", "99.0.0")
    assert code_of(content) == "other_version"


@pytest.mark.parametrize("form", [b"kerong-model/1", b"kerong-model/3"])
def test_a_file_of_an_older_or_newer_format_is_refused(model: LearnedModel, form: bytes) -> None:
    rest = dump_model(model).split(b"\n", 1)[1]
    assert code_of(form + b"\n" + rest) == "other_version"


@pytest.mark.parametrize("content", [b"", b"x", b"\n\n\n"])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    assert code_of(content) == "not_a_model"


@pytest.mark.parametrize(
    "state",
    [
        [1, 2, 3],
        {"card": "none"},
        {"card": {"library": "0.1.0"}},
        {"card": {"library": "0.1.0", "until": "2026-01-01", "notes": [], "odd": 1}},
    ],
)
def test_a_sealed_file_of_another_content_is_refused(state: object) -> None:
    assert code_of(sealed(state)) == "damaged"


def test_a_sealed_file_that_would_run_code_is_refused() -> None:
    assert code_of(sealed({"card": {"library": "0.1.0"}, "run": Path.unlink})) == "damaged"


def test_a_file_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="无法读取"):
        load_model(tmp_path / "none")
