"""The registry's own data, registry.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import REGISTRY_TOML
from heritage_registry.config import read_config
from heritage_registry.errors import NotARegistry


def read(directory: Path, old: str = "", new: str = "") -> str:
    """Read registry.toml with one text put in place of another; return the answer, empty if there is none."""
    (directory / "registry.toml").write_text(REGISTRY_TOML.replace(old, new, 1), "utf-8")
    try:
        read_config(directory)
    except NotARegistry as error:
        return str(error)
    return ""


def test_a_whole_file_is_read_in_its_order(tmp_path: Path) -> None:
    assert read(tmp_path) == ""
    config = read_config(tmp_path)
    assert config.title["hy"] == "Փորձնական ռեեստր"
    assert list(config.communities_by_id) == ["armenian", "azerbaijani"]
    assert list(config.parties_by_id) == ["armenia", "azerbaijan", "none", "unknown"]
    assert config.region.bbox == (43.4, 38.3, 51.0, 42.0)


def test_the_registry_of_this_project_is_read() -> None:
    assert read_config(Path(__file__).parents[1] / "sites").communities


def test_a_folder_without_the_file_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(NotARegistry, match=r"run 'heritage init .*' to start a registry there"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("licence =", "license =", "licence: is missing; "),
        ("licence =", "license =", "license: 'license' is not a field of this part; did you mean 'licence'?"),
        ('tag = "az"', 'tag = "azeri"', "languages.0.tag: 'azeri': write a BCP 47 tag such as hy, az, "),
        (
            'id = "armenian"',
            'id = "Armenian"',
            "communities.0.id: 'Armenian': write an id in lower-case letters",
        ),
        (
            '"anyone"',
            '"everybody"',
            "publishing.rule: 'everybody' is not one of anyone, second_person, ",
        ),
        ("[43.4, 38.3, 51.0, 42.0]", "[43.4, 38.3]", "region.bbox: [43.4, 38.3] is not a list of 4 numbers"),
        ('start = "2020"', 'start = "in 2020"', "periods.0.start: 'in 2020' is not a date"),
        ("[region]", "[region", "registry.toml cannot be read: "),
    ],
)
def test_a_mistake_is_told_with_its_field(tmp_path: Path, old: str, new: str, answer: str) -> None:
    assert answer in read(tmp_path, old, new)


@pytest.mark.parametrize(
    "bbox", ["[51.0, 38.3, 43.4, 42.0]", "[43.4, 42.0, 51.0, 38.3]", "[38.3, 43.4, 42.0, 510.0]"]
)
def test_a_box_that_is_turned_over_is_told(tmp_path: Path, bbox: str) -> None:
    answer = read(tmp_path, "[43.4, 38.3, 51.0, 42.0]", bbox)
    words = "is not west, south, east, north in degrees of longitude and latitude"
    assert answer == f"registry.toml: region.bbox: {bbox} {words}"


def test_a_word_that_is_listed_twice_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, 'id = "armenia"', 'id = "azerbaijan"') == (
        "registry.toml: parties.1: 'azerbaijan' is listed twice; keep one of them"
    )


def test_a_word_without_a_label_in_a_language_of_the_readers_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, 'hy = "Հարավային Կովկաս", ', "") == (
        "registry.toml: region.name: is not given in hy; readers choose among the reader_languages"
    )


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "registry.toml").write_bytes(REGISTRY_TOML.encode("utf-16"))
    with pytest.raises(NotARegistry, match=r"registry\.toml cannot be read"):
        read_config(tmp_path)
