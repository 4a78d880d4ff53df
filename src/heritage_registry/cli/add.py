"""`heritage add`: a new record from questions, from flags or from a file, by the same checks as `heritage check`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import inspect

from heritage_registry.cli.answers import ANSWERS, Fields, completed, fields_from_answers
from heritage_registry.cli.shared import progress
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.form import Part, decode_loosely
from heritage_registry.mistakes import explain
from heritage_registry.positions import Positions, read_positions
from heritage_registry.registry import CLAIMS, SITES, SOURCES, Kind, Registry, add_record, examine, new_id
from heritage_registry.vocabulary import vocabulary

KINDS: Mapping[str, Kind] = {"site": SITES, "source": SOURCES, "claim": CLAIMS}


class Question(msgspec.Struct, frozen=True):
    """One question: the field it fills, its words, and the lists its answer is from."""

    name: str
    words: str
    required: bool
    is_number: bool
    vocabulary: str | None
    registry: str | None

    @property
    def flag(self) -> str:
        """The flag of the command line that answers it."""
        return "--" + self.name.replace("_", "-")


def questions(answers_type: type[Part]) -> Iterator[Question]:
    """Yield the questions of a kind of record in their order."""
    info = inspect.type_info(answers_type)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        words, extra, answer = "", {}, field.type
        while isinstance(answer, (inspect.Metadata, inspect.UnionType)):
            if isinstance(answer, inspect.UnionType):
                answer = next(t for t in answer.types if not isinstance(t, inspect.NoneType))
                continue
            extra |= answer.extra or {}
            words = (answer.extra_json_schema or {}).get("description", words)
            answer = answer.type
        is_number = isinstance(answer, (inspect.IntType, inspect.FloatType))
        yield Question(
            field.name, words, field.required, is_number, extra.get("vocabulary"), extra.get("registry")
        )


@click.group()
def add() -> None:
    """Add a site, a source or a claim.

    Without flags every command asks field by field; '?' lists the words to choose from. A new site or claim is a
    draft. Nothing is written that 'heritage check' would refuse, and nothing is ever overwritten.
    """


def _add_command(kind: str) -> click.Command:
    asked = list(questions(ANSWERS[kind]))

    def run(directory: Path, file: Any, status: str | None = None, **flags: str | None) -> None:
        registry = _readable(directory)
        given = {name: text for name, text in flags.items() if text is not None}
        if file is not None:
            if given:
                raise click.UsageError("--file holds the whole record; leave the other flags out")
            record = _from_text(file.read(), file.name, kind, registry)
        else:
            answers = _checked_flags(given, asked, kind, registry) if given else _ask_all(asked, kind, registry)
            fields = fields_from_answers(kind, answers)
            (fields["properties"] if kind == "site" else fields).update({"status": status} if status else {})
            record = _record(fields, f"new {kind}", kind, registry, None)
        path = add_record(registry, record)
        click.echo(f"Added {path}")

    parameters: list[click.Parameter] = [
        click.Option([q.flag], metavar="NUMBER" if q.is_number else "TEXT", help=_help(q)) for q in asked
    ]
    if kind != "source":
        status_help = "Status of the record; a draft if not given."
        parameters.append(click.Option(["--status"], type=click.Choice(vocabulary("status").ids[:2]), help=status_help))
    file_help = "Take the whole record from a JSON file; '-' is standard input."
    parameters.append(click.Option(["--file"], type=click.File("rb"), help=file_help))
    about = {"site": "Add a site.", "source": "Add a source.", "claim": "Add a claim about many sites at once."}
    return click.Command(kind, params=parameters, callback=click.pass_obj(run), help=about[kind])


def _help(question: Question) -> str:
    needed = " Required." if question.required else ""
    listed = {"communities": "communities", "parties": "parties", "languages": "languages"}.get(question.registry or "")
    source = f" A term of the vocabulary {question.vocabulary}." if question.vocabulary else ""
    source = f" One of the {listed} of registry.toml." if listed and listed != "languages" else source
    return f"{question.words}.{source}{needed}"


def _readable(directory: Path) -> Registry:
    """Return what can be read: a mistake in another record does not keep anyone from adding this one."""
    with progress("Reading records") as advance:
        registry, _ = examine(directory, advance)
    return registry


def _checked_flags(given: Mapping[str, str], asked: list[Question], kind: str, registry: Registry) -> Fields:
    by_name = {question.name: question for question in asked}
    answers = {name: _value(text, by_name[name]) for name, text in given.items()}
    problems = [
        Problem(by_name[name].flag, 0, "", message)
        for name in by_name
        for message in _mistakes(by_name[name], answers, kind, registry)
    ]
    if problems:
        raise InvalidRecords(problems)
    return answers


def _ask_all(asked: list[Question], kind: str, registry: Registry) -> Fields:
    click.echo("Enter alone leaves a question out; '?' lists the words to choose from, '? word' searches them.")
    answers: Fields = {}
    for question in asked:
        value = _ask(question, kind, registry)
        if value is not None:
            answers[question.name] = value
    return answers


def _ask(question: Question, kind: str, registry: Registry) -> Any:
    """Ask until the answer is right; only this question is repeated."""
    while True:
        needed = "" if question.required else " (optional)"
        text = click.prompt(question.words + needed, default="", show_default=False).strip()
        if text.startswith("?"):
            for line in _choices(question, registry, text[1:].strip()):
                click.echo(f"  {line}")
            continue
        if not text and not question.required:
            return None
        answer = {question.name: _value(text, question)} if text else {}
        mistakes = _mistakes(question, answer, kind, registry)
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
    if found or answer is None or question.registry in (None, "languages") or answer in known:
        return found
    if question.registry == "sources":
        return [f"{answer!r} is not a source of this registry; add it with 'heritage add source' or choose another"]
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


def _from_text(raw: bytes, name: str, kind: str, registry: Registry) -> Any:
    """Read a record that somebody wrote into a file; problems name its own lines."""
    shown = "standard input" if name == "<stdin>" else name
    try:
        positions = read_positions(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidRecords([Problem(shown, 0, "", "is not UTF-8; save the file as UTF-8")]) from error
    problems = [Problem(shown, line, field, message) for line, field, message in positions.problems]
    if not problems and not isinstance(positions.value, dict):
        problems = [Problem(shown, 1, "", "is not a record; write one JSON object")]
    if problems:
        raise InvalidRecords(problems)
    return _record(positions.value, shown, kind, registry, positions)


def _record(fields: Fields, shown: str, kind: str, registry: Registry, positions: Positions | None) -> Any:
    of = KINDS[kind]
    taken = {"site": registry.sites, "source": registry.sources, "claim": registry.claims}[kind]
    whole = completed(kind, fields, new_id(taken))
    try:
        return decode_loosely(json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass"), of.record_type, shown)
    except InvalidRecords as error:
        raise InvalidRecords([_relocated(problem, positions) for problem in error.problems]) from error


def _relocated(problem: Problem, positions: Positions | None) -> Problem:
    """Return a problem with the line of the text that somebody wrote, if they wrote one."""
    path = tuple(int(step) if step.isdigit() else step for step in problem.field.split(".") if step)
    return msgspec.structs.replace(problem, line=positions.line(path) if positions else 0)


for _kind in ANSWERS:
    add.add_command(_add_command(_kind))
