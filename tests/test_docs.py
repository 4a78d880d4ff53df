"""The documentation is true: it says what the code has, leads where it promises, and its commands run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import msgspec
import pytest
from click.testing import CliRunner

from heritage_registry.config import RegistryConfig
from heritage_registry.schema import RECORD_TYPES
from heritage_registry.vocabulary import VOCABULARIES, vocabulary

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def record_classes(root: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield a class and every class below it, some of them several times."""
    yield root
    below = list(typing.get_type_hints(root, include_extras=True).values())
    while below:
        hint = below.pop()
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from record_classes(hint)
        below += typing.get_args(hint)


def commands(command: click.Command, path: str) -> Iterator[str]:
    """Yield the full names of a command and all below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            if not found.hidden:
                yield from commands(found, f"{path} {name}")


def anchors(text: str) -> set[str]:
    """Return the addresses of a page's headings, as git hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_blocks(text: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def test_no_generated_part_is_stale() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_generated_parts_are_opened_and_closed_in_turn() -> None:
    for path in PAGES:
        marks = re.findall(r"^<!-- (generated|end)", path.read_text("utf-8"), re.MULTILINE)
        assert marks == ["generated", "end"] * (len(marks) // 2), path.name


@pytest.mark.parametrize("root", [*RECORD_TYPES.values(), RegistryConfig])
def test_every_record_field_has_a_row_with_its_meaning(root: type[msgspec.Struct]) -> None:
    text = page("record.md")
    for cls in record_classes(root):
        section = text.partition(f"\n### {cls.__name__}\n")[2].partition("\n#")[0]
        for field in msgspec.structs.fields(cls):
            row = re.search(rf"^\| `{field.encode_name}` \|.*\| (.+) \|$", section, re.MULTILINE)
            assert row, f"{cls.__name__}.{field.encode_name}"


def test_every_term_is_listed_in_all_reader_languages() -> None:
    text = page("vocabularies.md")
    for name in VOCABULARIES:
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for term in vocabulary(name).terms:
            row = next(line for line in section.splitlines() if line.startswith(f"| `{term.id}` |"))
            assert set(term.label) == {"en", "hy", "az", "ru"}
            assert all(label in row for label in term.label.values())


def test_every_command_is_documented() -> None:
    from heritage_registry.cli import main

    text = page("cli.md")
    for name in commands(main, "heritage"):
        assert re.search(rf"^#+ `?{re.escape(name)}`?$", text, re.MULTILINE), name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


def test_the_command_lines_of_the_readme_are_the_ones_that_are_run_on_every_change() -> None:
    lines = [
        line for block in shell_blocks(README) for line in block.splitlines() if line.startswith("python3 ")
    ]
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert lines == [
        "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . "
        "&& .venv/bin/heritage check && .venv/bin/heritage map",
        'python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e ".[dev]" '
        "&& .venv/bin/python -m pytest",
    ]
    assert "grep -m1 -E '^python3 -m venv .*pytest$' README.md" in run
    assert all(part in run for part in lines[0].split(" && ") if part.startswith(".venv/bin/heritage"))


def test_the_readme_shows_how_to_add_a_site_that_passes_the_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heritage_registry.cli import main

    shutil.copytree(ROOT / "sites", tmp_path / "sites")
    before = len(list((tmp_path / "sites" / "records").iterdir()))
    monkeypatch.chdir(tmp_path)
    (block,) = [block for block in shell_blocks(README) if "add site" in block]
    for line in block.replace("\\\n", " ").splitlines():
        result = CliRunner().invoke(main, shlex.split(line)[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}"
    assert len(list((tmp_path / "sites" / "records").iterdir())) == before + 1
