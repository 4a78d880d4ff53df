"""`heritage init`: an empty registry elsewhere, for another region."""

from __future__ import annotations

import json
from pathlib import Path

import click

from heritage_registry.cli.shared import LANGUAGES
from heritage_registry.config import is_box, read_config
from heritage_registry.registry import KINDS

_LABELS = {
    "none": {"en": "No party", "hy": "Ոչ մի կողմ", "az": "Heç bir tərəf", "ru": "Ни одна из сторон"},
    "unknown": {"en": "Unknown", "hy": "Անհայտ", "az": "Naməlum", "ru": "Неизвестно"},
    "language_en": {"en": "English", "hy": "Անգլերեն", "az": "İngilis dili", "ru": "Английский"},
    "language_hy": {"en": "Armenian", "hy": "Հայերեն", "az": "Erməni dili", "ru": "Армянский"},
    "language_az": {
        "en": "Azerbaijani",
        "hy": "Ադրբեջաներեն",
        "az": "Azərbaycan dili",
        "ru": "Азербайджанский",
    },
    "language_ru": {"en": "Russian", "hy": "Ռուսերեն", "az": "Rus dili", "ru": "Русский"},
}


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--languages",
    metavar="TAGS",
    help=f"Languages of its readers, of {', '.join(LANGUAGES)}; en must be one.",
)
@click.option(
    "--title",
    "titles",
    multiple=True,
    metavar="TAG=TEXT",
    help="Title in one of these languages; repeat it for each.",
)
@click.option("--bbox", metavar="WEST,SOUTH,EAST,NORTH", help="Where its records lie, in degrees.")
def init(directory: Path, languages: str | None, titles: tuple[str, ...], bbox: str | None) -> None:
    """Start an empty registry in DIR, which must be new or empty.

    What is not given by a flag is asked.
    """
    if directory.is_dir() and any(directory.iterdir()):
        raise click.ClickException(f"{directory} is not empty; choose a new folder")
    tags = _languages(languages or click.prompt("Languages of its readers, with commas", default="en"))
    given = dict(_title(text) for text in titles)
    if unasked := sorted(given.keys() - set(tags)):
        raise click.BadParameter(f"{', '.join(unasked)} is not among the languages", param_hint="'--title'")
    title = {tag: given.get(tag) or click.prompt(f"Title ({tag})").strip() for tag in tags}
    box = _bbox(bbox or click.prompt("Where its records lie: west,south,east,north in degrees"))
    directory.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (directory / kind.folder).mkdir()
    (directory / "registry.toml").write_text(_toml(title, box), "utf-8", newline="\n")
    read_config(directory)
    click.echo(f"Started a registry in {directory}.")
    click.echo(
        f"Next: name its communities and parties in {directory / 'registry.toml'}, then add a first source:"
    )
    click.echo(f"  heritage --registry {directory} add source")


def _languages(text: str) -> list[str]:
    tags = list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
    unknown = [tag for tag in tags if tag not in LANGUAGES]
    if unknown or "en" not in tags:
        wrong = (
            f"{', '.join(unknown)} cannot be used"
            if unknown
            else "en is missing, in which every label exists"
        )
        raise click.BadParameter(f"{wrong}; choose of {', '.join(LANGUAGES)}", param_hint="'--languages'")
    return tags


def _title(text: str) -> tuple[str, str]:
    tag, equals, title = text.partition("=")
    if not equals or not title.strip():
        raise click.BadParameter(f"{text!r} is not of the form en=Title", param_hint="'--title'")
    return tag.strip(), title.strip()


def _bbox(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not four numbers with commas, such as 38,38,50,43", param_hint="'--bbox'"
        ) from error
    box = (west, south, east, north)
    if not is_box(box):
        message = f"{text!r} is not west,south,east,north: west below east, south below north, in degrees"
        raise click.BadParameter(message, param_hint="'--bbox'")
    return box


def _toml(title: dict[str, str], bbox: tuple[float, float, float, float]) -> str:
    """Return a registry.toml that can be used at once; its comments say what to fill in."""
    tags = list(title)
    languages = "".join(
        f'\n[[languages]]\ntag = "{tag}"\nlabel = {_texts(_labels(f"language_{tag}", tags))}\n'
        for tag in sorted(tags)
    )
    parties = "".join(
        f'\n[[parties]]\nid = "{party}"\nlabel = {_texts(_labels(party, tags))}\n'
        for party in ("none", "unknown")
    )
    example = _texts(dict.fromkeys(tags, "…"))
    return f"""\
# What this registry is: its name, its region and the words of that region.
# Every text a reader sees is given in all reader languages.

title = {_texts(title)}
# Say in a sentence or two what the registry holds.
summary = {_texts(title)}
licence = "CC-BY-4.0"
attribution = {_string(f"Contributors to {title['en']} (CC BY 4.0)")}
reader_languages = [{", ".join(map(_string, tags))}]

[region]
name = {_texts(title)}
# West, south, east, north: where records lie. It is no boundary and makes no statement about one.
bbox = [{", ".join(map(str, bbox))}]

[publishing]
# Who may publish a record: "second_person" than its author, "two_organisations", or "anyone".
rule = "second_person"

# Languages that names are recorded in (BCP 47), by tag.
{languages}
# Communities that sources connect sites with, in the words of the sources, in the order of the alphabet:
#
# [[communities]]
# id = "…"
# label = {example}

# States, authorities and other bodies that speak in the sources or are named by them.
{parties}"""


def _labels(key: str, tags: list[str]) -> dict[str, str]:
    return {tag: _LABELS[key][tag] for tag in tags}


def _texts(texts: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{tag} = {_string(text)}" for tag, text in texts.items()) + " }"


def _string(text: str) -> str:
    """Return a TOML basic string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
