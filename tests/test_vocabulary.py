"""The closed lists: complete in every reader language, canonical on disk, neutral in their words."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest

from heritage_registry.vocabulary import (
    VOCABULARIES,
    Term,
    UnknownTermError,
    Vocabulary,
    constraint,
    vocabulary,
)

LANGUAGES = {"en", "hy", "az", "ru"}
ARMENIAN, CYRILLIC = "[Ա-Ֆա-ևև]", "[А-Яа-яЁё]"
MATCH_IDS = {"aat": r"300\d{6}", "eamena": r"[A-Z0-9][A-Za-z0-9%/()\- ]*"}
LOADED = {
    "en": r"\bliberat|occup|vandal|barbar|genocid|erasure|desecrat|aggress|enem[yi]|terror|so-called|martyr",
    "hy": r"ազատագր|օկուպ|բռնազավթ|վանդալ|բարբարոս|ցեղասպան|պղծ|թշնամ|ահաբեկ|այսպես կոչված|\bնահատակ",
    "az": "azad (ed|olun)|işğal|vandal|barbar|soyqırım|təhqir|düşmən|terror|qondarma|şəhid",
    "ru": r"освобо|оккуп|вандал|варвар|геноцид|осквер|\bвра[гж]|террор|так называем|мученик|агресс",
}
REGISTRY = Path(__file__).parent.parent / "sites" / "registry.toml"


def _file(name: str) -> bytes:
    return (resources.files("heritage_registry") / "vocabularies" / f"{name}.json").read_bytes()


def _all() -> Iterator[tuple[Vocabulary, Term]]:
    for name in VOCABULARIES:
        for term in vocabulary(name).terms:
            yield vocabulary(name), term


@pytest.fixture(scope="module")
def registry() -> dict[str, Any]:
    return tomllib.loads(REGISTRY.read_text("utf-8"))


def test_every_file_is_a_vocabulary_and_every_vocabulary_a_file() -> None:
    folder = resources.files("heritage_registry") / "vocabularies"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.json" for name in VOCABULARIES)
    assert [vocabulary(name).id for name in VOCABULARIES] == list(VOCABULARIES)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_files_are_canonical(name: str) -> None:
    text = _file(name).decode("utf-8")
    again = (
        msgspec.json.format(msgspec.json.encode(msgspec.json.decode(text)), indent=2).decode("utf-8") + "\n"
    )
    assert text == again
    assert text == unicodedata.normalize("NFC", text)


def test_ids_are_words_in_snake_case_and_unique() -> None:
    for name in VOCABULARIES:
        ids = vocabulary(name).ids
        assert len(ids) == len(set(ids)), name
        assert [i for i in ids if not re.fullmatch(r"[a-z][a-z0-9_]*", i)] == []


def test_every_term_is_labelled_and_defined_in_all_reader_languages() -> None:
    for words in [text for v, t in _all() for text in (v.title, v.definition, t.label, t.definition)]:
        assert set(words) == LANGUAGES
        assert all(text == text.strip() and text for text in words.values()), words


def test_definitions_are_one_sentence_in_their_own_script() -> None:
    for text in [words for v, t in _all() for words in (v.definition, t.definition)]:
        assert re.search(f"^{ARMENIAN}", text["hy"]), text
        assert re.search(f"^{CYRILLIC}", text["ru"]), text
        for language, words in text.items():
            assert words.endswith("։" if language == "hy" else "."), text
            assert not re.search(r"[.։!?] \w", words[:-1]), text


def test_no_script_strays_into_another() -> None:
    """Letters of two scripts in one word look right and are never found by a search."""
    for words in [text for v, t in _all() for text in (v.title, v.definition, t.label, t.definition)]:
        assert not re.search(f"[A-Za-z]|{CYRILLIC}", words["hy"]), words
        assert not re.search(f"{ARMENIAN}|[A-Za-z]", words["ru"]), words
        assert not re.search(f"{ARMENIAN}|{CYRILLIC}", words["az"] + words["en"]), words


def test_no_two_terms_of_a_vocabulary_read_alike() -> None:
    for name in VOCABULARIES:
        for language in LANGUAGES:
            labels = Counter(term.label[language].casefold() for term in vocabulary(name).terms)
            assert [label for label, count in labels.items() if count > 1] == [], (name, language)


def test_matches_name_a_known_scheme_and_a_well_formed_id() -> None:
    for v, term in _all():
        for match in term.match:
            assert re.fullmatch(MATCH_IDS[match.scheme], match.id), (v.id, term.id)
            assert match.relation in {"exact", "close"}


def test_an_exact_match_belongs_to_one_term_of_a_vocabulary() -> None:
    for name in VOCABULARIES:
        exact = Counter(
            (m.scheme, m.id) for t in vocabulary(name).terms for m in t.match if m.relation == "exact"
        )
        assert [match for match, count in exact.items() if count > 1] == [], name


def test_no_loaded_word_stands_in_a_label_or_definition() -> None:
    for v, term in _all():
        for language, pattern in LOADED.items():
            texts = [v.title[language], v.definition[language], term.definition[language]]
            if term.id != "vandalism":  # the word sources use for the cause itself
                texts.append(term.label[language])
            found = [text for text in texts if re.search(pattern, text, re.IGNORECASE)]
            assert found == [], (v.id, term.id, language)


def test_a_label_falls_back_to_english() -> None:
    causes = vocabulary("cause")
    assert causes.label("earthquake", "hy") == "Երկրաշարժ"
    assert causes.label("earthquake", "fr") == "Earthquake"


def test_an_unknown_term_or_vocabulary_names_those_that_exist() -> None:
    with pytest.raises(
        UnknownTermError, match=r"^status: 'ready' is not one of draft, in_review, published, withdrawn$"
    ):
        vocabulary("status").term("ready")
    with pytest.raises(KeyError, match=r"^'colour' is not a vocabulary; there are site_type, condition, "):
        vocabulary("colour")


def test_a_vocabulary_is_read_once() -> None:
    assert vocabulary("cause") is vocabulary("cause")


@pytest.mark.parametrize("value", ["opens", "open\n", "open|withheld", "", "Open"])
def test_a_constrained_field_refuses_what_is_no_id(value: str) -> None:
    sensitivity = Annotated[str, constraint("sensitivity")]
    assert msgspec.convert("open", sensitivity) == "open"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, sensitivity)


def test_a_constraint_names_its_vocabulary() -> None:
    assert constraint("sensitivity").extra == {"vocabulary": "sensitivity"}


@pytest.mark.parametrize("table", ["communities", "parties"])
def test_communities_and_parties_stand_in_alphabetical_order_and_have_all_labels(
    registry: dict[str, Any], table: str
) -> None:
    words = registry[table]
    assert [w["label"]["en"] for w in words] == sorted(w["label"]["en"] for w in words)
    assert len({w["id"] for w in words}) == len(words)
    for word in words:
        assert set(word["label"]) == set(word.get("note", word["label"])) == LANGUAGES
    for language in LANGUAGES:
        assert len({w["label"][language] for w in words}) == len(words), language


def test_the_registry_offers_all_reader_languages_for_its_own_words(registry: dict[str, Any]) -> None:
    assert set(registry["reader_languages"]) == LANGUAGES
    named = [registry[table] for table in ("languages", "periods")]
    texts = [registry["title"], registry["summary"], registry["region"]["name"]]
    texts += [row["label"] for rows in named for row in rows]
    assert [text for text in texts if set(text) != LANGUAGES] == []
    for text in texts:
        for language, pattern in LOADED.items():
            assert not re.search(pattern, text[language], re.IGNORECASE), text
