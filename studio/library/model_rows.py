"""Rows of the models' index: made from files, read back, and searched."""

import json
import re
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.catalog import find
from studio.catalog.model_folders import MODEL_FOLDERS, PICTURES
from studio.core.errors import CheckpointError
from studio.library import model_facts, sidecars
from studio.library.database import storable
from studio.library.folders import Home
from studio.library.model_facts import ModelFacts
from studio.library.model_files import ModelFile
from studio.library.sidecars import Sidecar

PICTURE = "picture"  # one in a folder of embeddings that holds none
SORTS = {
    "name": "name COLLATE NOCASE", "newest": "mtime_ns DESC", "oldest": "mtime_ns", "largest": "size DESC",
    "smallest": "size", "added": "added DESC",
}  # fmt: skip
THERE = f"NOT gone AND kind != '{PICTURE}'"
Values = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """One model file (or diffusers folder) of the index.

    `use` is what its folder is for (a row of model_folders), `facts.kind` what it is. `name` is its path below `home`.
    `facts` is None and `problem` says why if it is broken; `added` is seconds since 1970.
    """

    id: int
    path: Path
    use: str
    root: Path
    home: Path
    name: str
    size_bytes: int
    mtime_ns: int
    added: float
    facts: ModelFacts | None
    problem: CheckpointError | None
    sidecar: Sidecar
    preview: Path | None

    @property
    def title(self) -> str:
        """What cards show."""
        return self.sidecar.title or sidecars.stem(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """What pictures call it, for Gallery.made_with: its file's name, that with its folders, its maker's name."""
        stem = sidecars.stem(self.path)
        below = (Path(self.name).parent / stem).as_posix().replace("/", "_")
        told = self.facts.title if self.facts and self.facts.kind == "network" else ""
        return tuple(dict.fromkeys(filter(None, (stem, below, told))))

    @property
    def place(self) -> Home:
        """The folder it lies in with what that is for."""
        return Home(self.home, find("model folder", MODEL_FOLDERS, self.use), self.root)


@dataclass(frozen=True)
class Query:
    """What is looked for; empty texts ask for nothing. `folder` is a path below which models lie.

    `words` must all be in names, titles, descriptions, trigger words or tags; `sort` is one of SORTS.
    """

    words: str = ""
    use: str = ""
    kind: str = ""
    base: str = ""
    tag: str = ""
    folder: str = ""
    only_favourites: bool = False
    only_problems: bool = False
    sort: str = "name"


def of_place(file: ModelFile) -> Values:
    """The columns that the folder listing tells."""
    return {
        "path": file.path,
        "use": file.home.use.name,
        "root": storable(str(file.home.root)),
        "home": storable(str(file.home.path)),
        "name": Path(file.path).relative_to(file.home.path).as_posix(),
        "size": file.size_bytes,
        "mtime_ns": file.mtime_ns,
        "inode": file.inode,
        "gone": 0,
    }


def of_content(path: Path) -> Values:
    """The columns that the file's header tells."""
    try:
        facts = model_facts.read(path)
    except CheckpointError as error:
        if path.suffix.lower() in PICTURES:
            return {"kind": PICTURE, "added": time.time()}
        return {"kind": "", "base": "", "facts": "", "problem": _error(error), "words": "", "added": time.time()}
    words = (facts.title, facts.trigger_phrase, facts.base, *facts.algorithms, *(tag for tag, _ in facts.tags))
    return {
        "kind": facts.kind,
        "base": facts.base,
        "architecture": facts.architecture,
        "facts": storable(facts.model_dump_json(exclude_defaults=True)),
        "problem": "",
        "words": _joined(words),
        "added": time.time(),
    }


def of_sidecar(path: Path, beside: str) -> Values:
    """The columns that the files beside it tell; `beside` is their state."""
    said = sidecars.read(path) if beside else Sidecar()
    picture = sidecars.preview(path) if beside else None
    words = (said.title, said.description, said.notes, said.activation_text, said.base, *said.trained_words, *said.tags)
    return {
        "beside": beside,
        "sidecar": storable(said.model_dump_json(exclude_defaults=True)) if said.files else "",
        "preview": storable(str(picture)) if picture else "",
        "said": _joined(words),
        "tags": f"\n{_joined(said.tags)}\n" if said.tags else "",
        "is_favourite": said.is_favourite,
    }


def put(database: sqlite3.Connection, values: Values) -> None:
    """Write columns of the row with this path; a new row if there is none."""
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != "added")
    insert = f"INSERT INTO model ({names}) VALUES ({marks}) ON CONFLICT (path) DO UPDATE SET {changes}"  # noqa: S608
    database.execute(insert, values)


def model(row: sqlite3.Row) -> Model:
    """A row as a Model."""
    return Model(
        row["id"],
        Path(row["path"]),
        row["use"],
        Path(row["root"]),
        Path(row["home"]),
        row["name"],
        row["size"],
        row["mtime_ns"],
        row["added"],
        ModelFacts.model_validate_json(row["facts"]) if row["facts"] else None,
        _problem(Path(row["path"]), row["problem"]) if row["problem"] else None,
        Sidecar.model_validate_json(row["sidecar"]) if row["sidecar"] else Sidecar(),
        Path(row["preview"]) if row["preview"] else None,
    )


def condition(query: Query) -> tuple[str, list[object]]:
    """A query as a SQL condition with its values."""
    sql, values = [THERE], []
    for column in ("use", "kind", "base"):
        if wanted := getattr(query, column):
            sql.append(f"{column} = ?")
            values.append(wanted)
    for word in query.words.split():
        sql.append("(name || char(10) || words || said) LIKE ? ESCAPE '\\'")
        values.append(f"%{_escaped(word)}%")
    if query.tag:
        sql.append("instr(tags, ?)")
        values.append(f"\n{query.tag}\n")
    if query.folder:
        folder = str(Path(query.folder))
        sql.append("(path LIKE ? ESCAPE '\\' OR path LIKE ? ESCAPE '\\')")
        values += [f"{_escaped(folder)}/%", f"{_escaped(folder)}\\\\%"]
    sql += ["is_favourite"] * query.only_favourites + ["problem != ''"] * query.only_problems
    return " AND ".join(sql), values


def _joined(texts: Iterable[str]) -> str:
    return storable("\n".join(text for text in texts if text))


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", storable(text))


def _error(error: CheckpointError) -> str:
    values = {name: str(value) for name, value in error.values.items() if name not in ("path", "name")}
    said = {"message": error.message, "remedy": error.remedy, "details": error.details[:2000], "values": values}
    return storable(json.dumps(said))


def _problem(path: Path, text: str) -> CheckpointError:
    said = json.loads(text)
    return CheckpointError(path, said["message"], said["remedy"], details=said["details"], **said["values"])
