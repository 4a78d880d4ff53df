"""`heritage add`: a new record from questions, flags or a file, by the same checks as `heritage check`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import inspect

from heritage_registry.cli.answers import ANSWERS, Fields, completed, fields_from_answers
from heritage_registry.cli.shared import progress, relocated
from heritage_registry.errors import InvalidRecords, Problem, dotted
from heritage_registry.form import Part, decode_loosely
from heritage_registry.mistakes import explain
from heritage_registry.positions import Positions, read_positions
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    Kind,
    Registry,
    add_record,
    examine,
    new_id,
    read_record,
    records_of,
)
from heritage_registry.site import Site
from heritage_registry.vocabulary import vocabulary

KINDS: Mapping[str, Kind] = {"site": SITES, "source": SOURCES, "claim": CLAIMS}


class Question(msgspec.Struct, frozen=True):
    """One question: the field it fills, its words, and the lists its answer is from."""

    name: str
    words: str
    required: bool
    is_number: bool
    vocabulary: str
    registry: str
    after: str
    needed: bool

    @property
    def flag(self) -> str:
        """The flag of the command line that answers it."""
        return "--" + self.name.replace("_", "-")


def questions(answers_type: type[Part]) -> Iterator[Question]:
    """Yield the questions of a kind of record in their order."""
    info = inspect.type_info(answers_type)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        words, answer = "", field.type
        extra: dict[str, Any] = {"vocabulary": ""}
        while isinstance(answer, (inspect.Metadata, inspect.UnionType)):
            if isinstance(answer, inspect.UnionType):
                answer = next(t for t in answer.types if not isinstance(t, inspect.NoneType))
                continue
            extra |= answer.extra or {}
            words = (answer.extra_json_schema or {}).get("description", words)
            answer = answer.type
        is_number = isinstance(answer, (inspect.IntType, inspect.FloatType))
        yield Question(
            name=field.name,
            words=words,
            required=field.required,
            is_number=is_number,
            vocabulary=extra["vocabulary"],
            registry=extra["registry"],
            after=extra["after"],
            needed=extra["needed"],
        )


@click.group()
def add() -> None:
    """Add a site, a source or a claim.

    Without flags every command asks field by field; '?' lists the words to choose from. A new site or
    claim is a draft. Nothing is written that 'heritage check' would refuse, and nothing is ever overwritten.
    """


_ABOUT = {
    "site": "Add a site.",
    "source": "Add a source.",
    "claim": "Add a claim about many sites at once.",
}


def _add_command(kind: str) -> click.Command:
    asked = list(questions(ANSWERS[kind]))

    def run(directory: Path, file: Path | None, status: str | None = None, **flags: str | None) -> None:
        registry = _readable(directory)
        given = {name: text for name, text in flags.items() if text is not None}
        if file is None:
            path = _add_answers(given, status, asked, kind, registry)
        elif given or status:
            raise click.UsageError("--file holds the whole record; leave the other flags out")
        else:
            path = _add_file(file, kind, registry)
        click.echo(f"Added {path}")
        if kind == "site":
            _warn_of_duplicates(registry, path)

    parameters = _parameters(kind, asked)
    return click.Command(kind, params=parameters, callback=click.pass_obj(run), help=_ABOUT[kind])


def _warn_of_duplicates(registry: Registry, path: Path) -> None:
    """Name the sites that may be the same place as the one just added; its writer decides what to do."""
    from heritage_registry.duplicates import candidate_of, index_sites, likely_duplicates

    site, _ = read_record(registry.directory, SITES, path.stem)
    if not isinstance(site, Site):
        raise TypeError(f"{path} holds no site")
    for likeness in likely_duplicates(candidate_of(site), index_sites(registry.sites.values())):
        if likeness.is_warning:
            name = registry.sites[likeness.site].properties.names[0].text
            click.echo(f"Perhaps the same place: {likeness.site}  {name}", err=True)


def _parameters(kind: str, asked: list[Question]) -> list[click.Parameter]:
    parameters: list[click.Parameter] = [
        click.Option([q.flag], metavar="NUMBER" if q.is_number else "TEXT", help=_help(q)) for q in asked
    ]
    if kind != "source":
        status_help = "Status of the record; a draft if not given."
        parameters.append(
            click.Option(["--status"], type=click.Choice(("draft", "published")), help=status_help)
        )
    parameters.append(
        click.Option(
            ["--file"],
            type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
            help="Take the whole record from a JSON file; '-' is standard input.",
        )
    )
    return parameters


def _add_answers(
    given: Mapping[str, str], status: str | None, asked: list[Question], kind: str, registry: Registry
) -> Path:
    """Add a record from flags, or where there is none from questions."""
    answers = _from_flags(given, asked, kind, registry) if given else _ask_all(asked, kind, registry)
    fields = fields_from_answers(kind, answers)
    if status:
        (fields["properties"] if kind == "site" else fields)["status"] = status
    try:
        return _add_fields(fields, f"new {kind}", kind, registry, None)
    except InvalidRecords as error:
        if given:
            raise
        click.echo(error, err=True)
        raise _answers_kept(kind, fields) from error


def _help(question: Question) -> str:
    needed = " Required." if question.required else ""
    known = ""
    if question.vocabulary:
        known = f" A term of the vocabulary {question.vocabulary}."
    elif question.registry in ("communities", "parties"):
        known = f" One of the {question.registry} of registry.toml."
    return f"{question.words}.{known}{needed}"


def _readable(directory: Path) -> Registry:
    """Return what can be read: a mistake in another record does not keep anyone from adding this one."""
    with progress("Reading records") as advance:
        registry, _ = examine(directory, advance)
    return registry


def _from_flags(given: Mapping[str, str], asked: list[Question], kind: str, registry: Registry) -> Fields:
    by_name = {question.name: question for question in asked}
    answers = {name: _value(text, by_name[name]) for name, text in given.items()}
    problems = [
        Problem(by_name[name].flag, 0, "", message)
        for name in by_name
        for message in [*_mistakes(by_name[name], answers, kind, registry), *_lonely(by_name[name], answers)]
    ]
    if problems:
        raise InvalidRecords(problems)
    return answers


def _lonely(question: Question, answers: Fields) -> list[str]:
    """Say what an answer lacks that only means something beside another one."""
    parent, flag = question.after, "--" + question.after.replace("_", "-")
    if parent and question.name in answers and parent not in answers:
        return [f"says nothing without {flag}; give both or neither"]
    if question.needed and parent in answers and question.name not in answers:
        return [f"is missing; it is needed beside {flag}"]
    return []


def _ask_all(asked: list[Question], kind: str, registry: Registry) -> Fields:
    click.echo(
        "Enter alone leaves a question out; '?' lists the words to choose from, '? word' searches them."
    )
    answers: Fields = {}
    for question in asked:
        if question.after and question.after not in answers:
            continue
        value = _ask(question, kind, registry)
        if value is not None:
            answers[question.name] = value
    return answers


def _ask(question: Question, kind: str, registry: Registry) -> Any:
    """Ask until the answer is right; only this question is repeated."""
    while True:
        must = question.required or question.needed
        text = click.prompt(
            question.words + ("" if must else " (optional)"), default="", show_default=False
        ).strip()
        if text.startswith("?"):
            for line in _choices(question, registry, text[1:].strip()):
                click.echo(f"  {line}")
            continue
        if not text and not must:
            return None
        answer = {question.name: _value(text, question)} if text else {}
        mistakes = _mistakes(question, answer, kind, registry) if text else ["This one must be answered."]
        if not mistakes:
            return answer[question.name]
        for message in mistakes:
            click.echo(f"  {message}")


def _value(text: str, question: Question) -> Any:
    """Read a number where one is asked for; what is no number stays text and is told as such."""
    if not question.is_number:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _mistakes(question: Question, answers: Fields, kind: str, registry: Registry) -> list[str]:
    found = [message for field, message in explain(answers, ANSWERS[kind]) if field == (question.name,)]
    known = _registry_words(question, registry)
    answer = answers.get(question.name)
    if found or answer is None or question.registry in ("", "languages") or answer in known:
        return found
    if question.registry == "sources":
        return [f"{answer!r} is not a source of this registry; add it with 'heritage add source' first"]
    return [f"{answer!r} is not one of {', '.join(known) or 'registry.toml, which lists none'}"]


def _registry_words(question: Question, registry: Registry) -> dict[str, str]:
    """Return the words of the registry that may answer a question, with their labels."""
    config = registry.config
    words: dict[str, Callable[[], dict[str, str]]] = {
        "communities": lambda: {w.id: w.label.get("en", w.id) for w in config.communities},
        "parties": lambda: {w.id: w.label.get("en", w.id) for w in config.parties},
        "languages": lambda: {w.tag: w.label.get("en", w.tag) for w in config.languages},
        "sources": lambda: {s.id: s.title or "" for s in registry.sources.values()},
    }
    return words[question.registry]() if question.registry else {}


def _choices(question: Question, registry: Registry, searched: str) -> list[str]:
    if question.vocabulary:
        terms = vocabulary(question.vocabulary).terms
        lines = [f"{term.id}: {term.label['en']}. {term.definition['en']}" for term in terms]
    else:
        lines = [f"{key}: {label}" for key, label in _registry_words(question, registry).items()]
    found = [line for line in lines if searched.casefold() in line.casefold()]
    return found or ["There is no list for this question." if not lines else "Nothing found."]


def _answers_kept(kind: str, fields: Fields) -> click.ClickException:
    """Keep answers that were right one by one and are wrong together, so that nobody types them again."""
    draft = Path(tempfile.mkdtemp(prefix="heritage-")) / f"{kind}.json"
    draft.write_text(json.dumps(fields, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
    return click.ClickException(
        f"nothing was written. Your answers are kept in {draft}; "
        f"correct them there and run 'heritage add {kind} --file {draft}'"
    )


def _add_file(file: Path, kind: str, registry: Registry) -> Path:
    """Add a record that somebody wrote into a file; problems name its own lines."""
    from_input = str(file) == "-"
    shown = "standard input" if from_input else str(file)
    raw = sys.stdin.buffer.read() if from_input else file.read_bytes()
    try:
        positions = read_positions(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidRecords([Problem(shown, 0, "", "is not UTF-8; save the file as UTF-8")]) from error
    problems = [Problem(shown, line, dotted(field), message) for line, field, message in positions.problems]
    if not problems and not isinstance(positions.value, dict):
        problems = [Problem(shown, 1, "", "is not a record; write one JSON object")]
    if problems:
        raise InvalidRecords(problems)
    return _add_fields(positions.value, shown, kind, registry, positions)


def _add_fields(
    fields: Fields, shown: str, kind: str, registry: Registry, positions: Positions | None
) -> Path:
    whole = completed(kind, fields, new_id(records_of(registry, KINDS[kind])))
    raw = json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        return add_record(registry, decode_loosely(raw, KINDS[kind].record_type, shown))
    except InvalidRecords as error:
        raise relocated(error, shown, positions) from error


for _kind in ANSWERS:
    add.add_command(_add_command(_kind))
