"""Which column is what: guessed, corrected in a small TOML file, kept for the next time.

```toml
[file]
sheet = "Sheet1"        # or a layer; header_row, encoding, delimiter, crs where they cannot be found out

[constants]
source = "survey-2021"  # cited for every statement
language = "az"         # of names and texts whose column says none
precision = "monument"  # what points show

[columns."Vəziyyəti"]
field = "condition"
values = { "dağıdılıb" = "destroyed", "salamat" = "no_visible_damage" }
```
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from heritage_registry.importing.columns import TARGETS, guess_columns
from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.tables import Asked


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a column is taken for.

    `split` divides a cell of several values, `values` translates its words, `scheme` is the list of a code.
    """

    field: str
    language: str | None = None
    scheme: str | None = None
    split: Annotated[str, Meta(min_length=1)] | None = None
    values: Mapping[str, str] = {}


class Constants(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What holds for every row that says nothing else."""

    source: str | None = None
    language: str | None = None
    community: str | None = None
    type: str | None = None
    precision: str | None = None
    uncertainty_m: Annotated[int, Meta(ge=1)] | None = None
    evidence: str | None = None
    assessor: str | None = None


class _FilePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    sheet: str | None = None
    header_row: Annotated[int, Meta(ge=1)] | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Meta(pattern='^[^\\w\\s"]$|^\\t$')] | None = None
    crs: str | None = None


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping as its file holds it."""

    file: _FilePart = _FilePart()
    constants: Constants = Constants()
    columns: Mapping[str, Column] = {}

    @property
    def asked(self) -> Asked:
        """What it says of how the file is read."""
        part = self.file
        return Asked(part.sheet, part.header_row, part.encoding, part.delimiter, part.crs)


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping from TOML. Raises `UnreadableFile` with what is wrong and what to write."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=ColumnMapping)
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: {error}; docs/import.md shows what a mapping holds") from error
    for name, column in found.columns.items():
        if column.field not in TARGETS:
            known = ", ".join(TARGETS)
            raise UnreadableFile(f"{path.name}: column {name!r}: {column.field!r} is not one of {known}")
    return found


def completed_mapping(mapping: ColumnMapping, header: Sequence[str]) -> tuple[ColumnMapping, list[str]]:
    """Return a mapping with a guess for every column it does not name, and the columns nobody can place.

    Raises `UnreadableFile` for a column of the mapping that the file does not have.
    """
    missing = [name for name in mapping.columns if name not in header]
    if missing:
        raise UnreadableFile(
            f"the file has no column {', '.join(map(repr, missing))}; it has {', '.join(map(repr, header))}"
        )
    taken = {(column.field, column.language) for column in mapping.columns.values()}
    columns: dict[str, Column] = {}
    unplaced: list[str] = []
    for name, guess in guess_columns(header).items():
        if name in mapping.columns:
            columns[name] = mapping.columns[name]
        elif guess.field is not None and (guess.field, guess.language) not in taken:
            columns[name] = Column(guess.field, guess.language)
        else:
            unplaced.append(name)
    return ColumnMapping(mapping.file, mapping.constants, columns), unplaced


def mapping_text(
    mapping: ColumnMapping, unplaced: Sequence[str], examples: Mapping[str, Sequence[str]]
) -> str:
    """Return a mapping as TOML that a person can correct, with examples of what each column holds."""
    lines = ["# Which column is what. Correct it and give it to 'heritage import' with --mapping.", ""]
    for title, part in (("file", mapping.file), ("constants", mapping.constants)):
        facts = {name: value for name in part.__struct_fields__ if (value := getattr(part, name)) is not None}
        lines += [f"[{title}]", *(f"{name} = {_toml(value)}" for name, value in facts.items()), ""]
    for name, column in mapping.columns.items():
        lines += _column_lines(name, column, examples.get(name, ()))
    for name in unplaced:
        lines += ['# Nobody said what this column is: name a field, or leave it out with "ignore".']
        lines += [f"# {line}" for line in _column_lines(name, Column("ignore"), examples.get(name, ()))[:-1]]
        lines.append("")
    return "\n".join(lines)


def _column_lines(name: str, column: Column, examples: Sequence[str]) -> list[str]:
    shown = "; ".join(text[:40] for text in examples)
    lines = [f"[columns.{_toml(name)}]" + (f"  # {' '.join(shown.split())}" if shown else "")]
    for field in ("field", "language", "scheme", "split"):
        value = getattr(column, field)
        if value is not None:
            lines.append(f"{field} = {_toml(value)}")
    if column.values:
        pairs = ", ".join(f"{_toml(word)} = {_toml(term)}" for word, term in column.values.items())
        lines.append(f"values = {{ {pairs} }}")
    return [*lines, ""]


def _toml(value: str | int) -> str:
    """Write a text or number as TOML; its basic strings are JSON's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
