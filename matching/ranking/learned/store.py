"""Model files: what was fitted, sealed with a hash and read with an allow-list of types.

A file is a line that names the format, a line with the SHA-256 of the rest, and the rest:
what skops writes, as a zip whose entries carry no time and no address of memory, so that
equal models are equal files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

import skops.io

from matching.ranking.learned.bands import Answered
from matching.ranking.learned.chances import Curve, Standing
from matching.ranking.learned.encoding import Numbering
from matching.ranking.learned.errors import ModelFileError
from matching.ranking.learned.history import Block, Facts
from matching.ranking.learned.model import BlockTable, LearnedModel, Squash
from matching.ranking.learned.records import ModelCard
from matching.version import __version__

_ANY_FORMAT: Final = b"kerong-model/"
_FORMAT: Final = _ANY_FORMAT + b"2"
_LONGEST: Final = 512 * 1024 * 1024
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def dump_model(model: LearnedModel) -> bytes:
    """Return a model as the bytes of a file; equal models give equal bytes."""
    payload = _canonical(skops.io.dumps(_state(model)))
    return b"\n".join((_FORMAT, hashlib.sha256(payload).hexdigest().encode(), payload))


def read_model(content: bytes, *, sha256: str | None = None) -> LearnedModel:
    """Return the model in the bytes of a file.

    Parameters
    ----------
    content : bytes
    sha256 : str or None
        What ``model_sha256`` gave when the file was stored; None checks the file only
        against itself, which finds damage but not a forger.

    Raises
    ------
    ModelFileError
        With a ``code``: the file is no model, was changed, is not the expected one, or was
        made by another version of the library.
    """
    if len(content) > _LONGEST or content.count(b"\n", 0, 128) < 2:
        raise ModelFileError("not_a_model", "文件不是本平台的模型文件；请选择由本平台导出的文件")
    form, seal, payload = content.split(b"\n", 2)
    if form != _FORMAT and form.startswith(_ANY_FORMAT):
        text = "模型文件的格式属于平台的其他版本，不能混用；请重新训练"
        raise ModelFileError("other_version", text)
    if form != _FORMAT:
        raise ModelFileError("not_a_model", "文件不是本平台的模型文件；请选择由本平台导出的文件")
    if sha256 is not None and model_sha256(content) != sha256:
        text = "模型文件与登记的校验值不符，可能被替换；请恢复原文件，或重新训练"
        raise ModelFileError("unexpected_file", text)
    if hashlib.sha256(payload).hexdigest().encode() != seal:
        raise ModelFileError("tampered", "模型文件已损坏或被改动；请恢复原文件，或重新训练")
    return _model(_load(payload))


def model_sha256(content: bytes) -> str:
    """Return the SHA-256 of a whole model file, to be kept apart from it."""
    return hashlib.sha256(content).hexdigest()


def save_model(model: LearnedModel, path: Path) -> str:
    """Write a model to a file, all of it or nothing, and return the SHA-256 of the file."""
    content = dump_model(model)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return model_sha256(content)


def load_model(path: Path, *, sha256: str | None = None) -> LearnedModel:
    """Return the model of a file; see :func:`read_model`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        text = f"无法读取模型文件“{path.name}”：{error.strerror or error}"
        raise ModelFileError("not_a_model", text) from error
    return read_model(content, sha256=sha256)


def _load(payload: bytes) -> dict[str, Any]:
    try:
        state = skops.io.loads(payload, trusted=[])
    except Exception as error:  # whatever a forged archive provokes is the same refusal
        raise ModelFileError("damaged", "模型文件的内容无法识别；请重新训练") from error
    if not isinstance(state, dict) or not isinstance(state.get("card"), dict):
        raise ModelFileError("damaged", "模型文件的内容无法识别；请重新训练")
    made_by = state["card"].get("library")
    if made_by != __version__:
        text = f"模型由版本 {made_by} 训练，当前版本为 {__version__}，不能混用；请重新训练"
        raise ModelFileError("other_version", text)
    return state


def _state(model: LearnedModel) -> dict[str, Any]:
    card = asdict(model.card)
    return {
        "card": {**card, "until": card["until"].isoformat()},
        "institutions": list(model.institutions),
        "numbering": {column: list(own) for column, own in model.numbering.values.items()},
        "history": model.history,
        "tables": [
            {
                "block": [table.block.code, table.block.part, *table.block.columns],
                "values": table.values,
                "margins": table.margins,
            }
            for table in model.tables
        ],
        "squash": [model.squash.centre, model.squash.spread],
        "answered": {
            "units": model.answered.units,
            "firms": model.answered.firms,
            "funded": model.answered.funded,
            "values": dict(model.answered.facts.values),
        },
        "min_firms": model.min_firms,
        "curves": {
            kind: {
                "form": curve.form,
                "line": [curve.slope, curve.intercept],
                "standing": [curve.standing.centre, curve.standing.spread],
                "points": curve.points,
                "chances": curve.chances,
                "funded": curve.funded,
            }
            for kind, curve in model.curves.items()
        },
    }


def _model(state: dict[str, Any]) -> LearnedModel:
    try:
        card = dict(state["card"])
        card["until"] = date.fromisoformat(card["until"])
        card["notes"] = tuple(card["notes"])
        numbering = Numbering(state["numbering"])
        answered = state["answered"]
        return LearnedModel(
            card=ModelCard(**card),
            institutions=state["institutions"],
            numbering=numbering,
            history=state["history"],
            tables=[
                BlockTable(
                    Block(own["block"][0], own["block"][1], tuple(own["block"][2:])),
                    own["values"],
                    own["margins"],
                )
                for own in state["tables"]
            ],
            squash=Squash(*state["squash"]),
            answered=Answered(
                answered["units"],
                answered["firms"],
                answered["funded"],
                Facts(answered["values"], numbering.sizes),
            ),
            min_firms=state["min_firms"],
            curves={
                kind: Curve(
                    own["form"],
                    own["line"][0],
                    own["line"][1],
                    own["points"],
                    own["chances"],
                    own["funded"],
                    Standing(*own["standing"]),
                )
                for kind, own in state["curves"].items()
            },
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ModelFileError("damaged", "模型文件的内容无法识别；请重新训练") from error


def _canonical(archive: bytes) -> bytes:
    """Return the zip without times and with arrays named in the order of their use."""
    with zipfile.ZipFile(io.BytesIO(archive)) as given:
        schema = given.read("schema.json").decode()
        names = list(dict.fromkeys(re.findall(r'"(\d+\.npy)"', schema)))
        arrays = [given.read(name) for name in names]
    tree = json.loads(schema)
    _renumber(tree, {name: f"{place}.npy" for place, name in enumerate(names)}, {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
        for place, array in enumerate(arrays):
            written.writestr(zipfile.ZipInfo(f"{place}.npy", _NO_TIME), array)
        text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
        written.writestr(zipfile.ZipInfo("schema.json", _NO_TIME), text)
    return out.getvalue()


def _renumber(node: object, files: dict[str, str], ids: dict[int, int]) -> None:
    if isinstance(node, list):
        for child in node:
            _renumber(child, files, ids)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = ids.setdefault(node["__id__"], len(ids))
        if node.get("file") in files:
            node["file"] = files[node["file"]]
        for child in node.values():
            _renumber(child, files, ids)
