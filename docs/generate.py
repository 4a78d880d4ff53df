"""Regenerate the parts of the documentation that the code and the records know better than a writer.

`python docs/generate.py` writes them; with `--check` it names every stale page and writes nothing. A part
stands between `<!-- generated: NAME ARGUMENTS -->` and `<!-- end -->`; a new kind is a function here and
a line in `GENERATORS`.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import tomllib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import msgspec

from heritage_registry import form, parts
from heritage_registry.assessment import Assessment, assess, observations
from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig
from heritage_registry.registry import Registry, examine
from heritage_registry.site import Report, Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import VOCABULARIES, Match, Vocabulary, standing_label, vocabulary

DOCS = Path(__file__).parent
ROOT = DOCS.parent

_PART = re.compile(r"(<!-- generated: ([a-z-]+)((?: \S+)*) -->\n).*?(<!-- end -->)", re.DOTALL)

RECORD_TYPES: Mapping[str, type[msgspec.Struct]] = {
    "site": Site,
    "source": Source,
    "claim": Claim,
    "registry": RegistryConfig,
}

_SIMPLE_TYPES: tuple[tuple[Any, str], ...] = (
    (form.Line, "line of text"),
    (form.Prose, "text"),
    (form.Texts, "text in one or more languages"),
    (form.LanguageTag, "language tag (BCP 47)"),
    (form.Url, "web address"),
    (parts.RecordId, "id: 8 letters or digits"),
    (parts.SourceKey, "key of a source"),
    (parts.Slug, "id of `registry.toml`"),
    (parts.Edtf, "date (EDTF)"),
    (parts.Metres, "metres"),
    (parts.Position, "position"),
    (str, "text"),
    (int, "whole number"),
    (float, "number"),
    (bool, "`true` or `false`"),
)


def record_fields(kind: str) -> str:
    """Return the fields of every class of one kind of record; `parts`: of those that all kinds share.

    A class that two kinds use is told of with the first one.
    """
    by_kind = {name: _classes(root) for name, root in RECORD_TYPES.items()}
    told: set[type[msgspec.Struct]] = set()
    for name, classes in by_kind.items():
        if name == kind:
            break
        told.update(classes)
    if kind == "parts":
        wanted = [cls for cls in told if cls.__module__ == parts.__name__]
        wanted.sort(key=lambda cls: list(vars(parts)).index(cls.__name__))
    else:
        wanted = [cls for cls in by_kind[kind] if cls not in told and cls.__module__ != parts.__name__]
    return "\n".join(map(_class_section, wanted))


def _classes(root: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """Return a class and all classes its fields are made of, each once, in the order of first use."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in found:
            found[hint] = None
            for field_hint in typing.get_type_hints(hint, include_extras=True).values():
                visit(field_hint)
        for argument in typing.get_args(hint):
            visit(argument)

    visit(root)
    return list(found)


def _class_section(cls: type[msgspec.Struct]) -> str:
    meanings = field_meanings()[cls.__name__]
    hints = typing.get_type_hints(cls, include_extras=True)
    rows = [
        (field.encode_name, _type_in_words(hints[field.name]), _default(field), meanings[field.encode_name])
        for field in msgspec.structs.fields(cls)
    ]
    tag = msgspec.inspect.type_info(cls)
    if isinstance(tag, msgspec.inspect.StructType) and tag.tag_field:
        rows.insert(0, (tag.tag_field, f"`{tag.tag}`", "required", meanings[tag.tag_field]))
    table = [f"| `{name}` | {kind} | {default} | {meaning} |" for name, kind, default, meaning in rows]
    about = inspect.cleandoc(cls.__doc__ or "")
    head = ["| field | holds | if left out | meaning |", "|---|---|---|---|"]
    return "\n".join([f"### {cls.__name__}", "", about, "", *head, *table, ""])


@cache
def field_meanings() -> dict[str, dict[str, str]]:
    """Return what every field means, by class and by the field's name on disk."""
    return tomllib.loads((DOCS / "fields.toml").read_text("utf-8"))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    return "" if field.default in (None, (), msgspec.NODEFAULT) else f"`{json.dumps(field.default)}`"


def _type_in_words(hint: Any) -> str:
    for known, words in _SIMPLE_TYPES:
        if hint == known:
            return words
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        names = [meta.extra["vocabulary"] for meta in arguments[1:] if "vocabulary" in (meta.extra or {})]
        words = (
            f"term of [`{names[0]}`](vocabularies.md#{names[0]})" if names else _type_in_words(arguments[0])
        )
    elif origin in (typing.Union, types.UnionType):
        options = [_type_in_words(option) for option in arguments if option is not type(None)]
        words = " or ".join(dict.fromkeys(options))
    elif origin is tuple:
        is_list = arguments[-1] is Ellipsis
        words = f"list: {_type_in_words(arguments[0])}" if is_list else f"{len(arguments)} numbers"
    elif origin is typing.Literal:
        words = ", ".join(f"`{value}`" for value in arguments)
    else:
        words = f"[{hint.__name__}](#{hint.__name__.lower()})"
    return words


def vocabularies() -> str:
    """Return every vocabulary: terms in all languages, their meaning and what they match elsewhere."""
    return "\n".join(_vocabulary_section(vocabulary(name)) for name in VOCABULARIES)


def _vocabulary_section(words: Vocabulary) -> str:
    about = [f"**{words.title['en']}.** {words.definition['en']}"]
    if words.origin:
        about += ["", f"From: {words.origin}."]
    languages = {"en": "English", "hy": "Armenian", "az": "Azerbaijani", "ru": "Russian"}
    rows = [
        f"| `{term.id}` | {' | '.join(_cell(term.label[tag]) for tag in languages)} "
        f"| {_cell(term.definition['en'])} | {_cell(', '.join(map(_match_in_words, term.match)))} |"
        for term in words.terms
    ]
    head = [f"| term | {' | '.join(languages.values())} | meaning | match |", "|---|---|---|---|---|---|---|"]
    return "\n".join([f"## {words.id}", "", *about, "", *head, *rows, ""])


def _match_in_words(match: Match) -> str:
    return f"{match.scheme}: {match.id} ({match.relation})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def command_line() -> str:
    """Return the help of every command, as the terminal shows it."""
    from heritage_registry.cli import main

    return "\n".join(
        f"## {name}\n\n```text\n{text}\n```\n" for name, text in command_help(main, "heritage", None)
    )


def columns() -> str:
    """Return the columns of the table that the exports are made of."""
    from heritage_registry.table import COLUMNS

    rows = [f"| `{name}` | {_cell(meaning)} |" for name, meaning in COLUMNS.items()]
    return "\n".join(["| column | meaning |", "|---|---|", *rows])


def command_help(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help of a command and of all below it."""
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from command_help(found, below, context)


def record(site_id: str) -> str:
    """Return one record of this registry, laid out shorter than on disk."""
    value = json.loads((ROOT / "sites" / "records" / f"{site_id}.geojson").read_text("utf-8"))
    return f"```json\n{_compact(value, '', 0)}\n```\n"


_WIDTH = 108


def _compact(value: Any, indent: str, used: int) -> str:
    """Write JSON, each value on one line if it fits; `used` is what stands before it on its line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + used + len(line) < _WIDTH or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        keyed = [f"{json.dumps(key)}: " for key in value]
        texts = [
            key + _compact(item, inner, len(key)) for key, item in zip(keyed, value.values(), strict=True)
        ]
        opening, closing = "{}"
    else:
        texts = [_compact(item, inner, 0) for item in value]
        opening, closing = "[]"
    body = ",\n".join(inner + text for text in texts)
    return f"{opening}\n{body}\n{indent}{closing}"


def derived(site_id: str, *what: str) -> str:
    """Return the dated reports of a site and what the rules derive from them."""
    registry = _registry()
    site = registry.sites[site_id]
    results = assess(site, registry.sources)
    lines = [f"[`{site_id}`](../sites/records/{site_id}.geojson), {site.properties.names[0].text}:", ""]
    columns = ("report", "observed", "published", "grade", "of a part", "superseded by", "answered")
    lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [_report_row(report) for report in site.properties.reports]
    lines += ["", *(f"- {line}" for name in what for line in _DERIVED[name](site, results)), ""]
    return "\n".join(lines)


def _report_row(report: Report) -> str:
    grade = vocabulary("condition").label(report.condition, "en").lower()
    answers = ", ".join(dict.fromkeys(f"{x.stance} {x.element}" for x in report.responses))
    optional = (report.observed, report.published, grade, report.part, report.superseded_by, answers)
    cells = (report.id, *(cell or "" for cell in optional))
    return f"| {' | '.join(map(_cell, cells))} |"


def _condition_lines(site: Site, results: Assessment) -> Iterator[str]:
    by = {o.report: f"by {o.day}" if o.settled else "on a day not known" for o in observations(site)}
    for seen in observations(site):
        yield f"observation: {_grades((seen.condition,))}, seen {by[seen.report]} ({seen.report})"
    condition = results.condition
    if condition is None:
        yield "condition: not known"
    else:
        basis = ", ".join(condition.reports)
        yield f"condition: {_grades(condition.grades)}, seen {by[condition.reports[0]]} ({basis})"


def _standing_lines(site: Site, results: Assessment) -> Iterator[str]:
    yield f"shown: {standing_label(results.standing, 'en').lower()} (`{results.standing}`)"
    for works in results.works_since:
        yield f"works begin on {works.first} at the earliest" + (f" ({works.report})" if works.report else "")


def _grades(grades: tuple[str, ...]) -> str:
    return " and ".join(vocabulary("condition").label(grade, "en").lower() for grade in grades)


def _bracket_lines(site: Site, results: Assessment) -> Iterator[str]:
    bracket = results.bracket
    if bracket is None:
        yield "no day is known by which damage was seen"
    else:
        last = bracket.last_undamaged or "never by a dated observation"
        basis = ", ".join(bracket.reports)
        yield f"last seen undamaged: {last}; first seen damaged: by {bracket.first_damaged} ({basis})"


def _states_lines(site: Site, results: Assessment) -> Iterator[str]:
    for span in results.states:
        words = {"undamaged": "seen undamaged", "unknown": "not known", "damaged": "seen damaged"}[span.state]
        since = "from ever" if span.start is None else f"from {span.start}"
        yield f"{since}: {words}" + (f" ({', '.join(span.reports)})" if span.reports else "")


def _contested_lines(site: Site, results: Assessment) -> Iterator[str]:
    for found in results.disagreements:
        if found.kind == "response":
            answered = ", ".join(found.reports) or "an event of its history"
            yield f"contested: a response on {found.element}, scope {found.scope} ({answered})"
        elif found.kind == "reports":
            yield f"contested: {' and '.join(found.reports)} cannot both hold"
        else:
            yield "contested: a community's tie is denied"
    if not results.disagreements:
        yield "not contested"


def _line_lines(site: Site, results: Assessment) -> Iterator[str]:
    for line in results.lines:
        words = f"affiliation {line.affiliation}, party {line.party}"
        yield f"line of evidence: `{line.origin}`, {words} ({', '.join(line.reports)})"


_DERIVED: Mapping[str, Callable[[Site, Assessment], Iterator[str]]] = {
    "condition": _condition_lines,
    "bracket": _bracket_lines,
    "states": _states_lines,
    "contested": _contested_lines,
    "lines": _line_lines,
    "standing": _standing_lines,
}


@cache
def _registry() -> Registry:
    # Documentation can be written while a record elsewhere is being mended: `heritage check` tells of that.
    return examine(ROOT / "sites")[0]


GENERATORS: Mapping[str, Callable[..., str]] = {
    "cli": command_line,
    "columns": columns,
    "derived": derived,
    "record": record,
    "record-fields": record_fields,
    "vocabularies": vocabularies,
}


def regenerated(text: str) -> str:
    """Return a page with every generated part made anew."""

    def renew(part: re.Match[str]) -> str:
        opening, name, arguments, closing = part.groups()
        return f"{opening}\n{GENERATORS[name](*arguments.split()).strip()}\n\n{closing}"

    return _PART.sub(renew, text)


def main(arguments: list[str]) -> int:
    """Write the pages that changed, or with `--check` only name them; return the exit code."""
    stale = []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text("utf-8")
        if (renewed := regenerated(text)) != text:
            stale.append(page.name)
            if "--check" not in arguments:
                page.write_text(renewed, "utf-8", newline="\n")
    if "--check" in arguments and stale:
        print(f"stale: {', '.join(stale)}; run python docs/generate.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
