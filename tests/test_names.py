"""One spelling of a name finds the others, in Python and in the browser alike."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage_registry.names import MATCH, alike, fold, generic_meaning, score, skeleton, tokens

# One place a line, one name in several spellings; the names are those of gazetteers and of published texts.
SPELLINGS = [
    "Գանձասար | Gəncəsər | Гандзасар | Gandzasar",
    "Şuşa | ŞUŞA | şuşa | Shusha | Shushi | Shushe | Շուշի | Шуша | Susa | شوشا | שושה | შუშა",
    "Ağdam | AĞDAM | Agdam | Aghdam | Агдам | Ағдам | Աղդամ | آغدام",
    "Xankəndi | Xankändi | Khankendi | Ханкенди",
    "Stepanakert | Ստեփանակերտ | Степанакерт",
    "Nakhchivan | Naxçıvan | NAXÇIVAN | Նախիջևան | Нахичевань | Nakhichevan | نخجوان",
    "Qarabağ | Karabakh | Ղարաբաղ | Карабах | Garabagh | قره‌باغ",
    "Daşkəsən | Dashkesan",
    "Laçın | LAÇIN | Lachin | Լաչին | Лачин",
    "Cuğa | Jugha | Ջուղա | Джуга",
    "Parağa | Paraga | Փառակա",
    "Noraşen | Norashen | Նորաշեն | Норашен",
    "Zabux | Zabukh | Զաբուխ | Забух",
    "Tağaverd | Taghavard | Թաղավարդ | Тагавард",
    "Madagiz | Mataghis | Մատաղիս | Мадагиз",
    "Zar | Tsar | Ծար | Зар",
    "Ağbulaq | Aghbulagh | Աղբուլաղ | Агбулак",
    "Çıraq | Chirakh | Chyrag",
    "Şahbulaq | Shakhbulag | Шахбулаг",
    "Susanlıq | Susanlyk | Сусанлык",
    "Tuğ | Togh | Տող | Туг",
    "Vanq | Vank’ | Վանք | Ванк",
    "Hadrut | Hadrut’ | Հադրութ | Гадрут",
    "Xocalı | Khojaly | Խոջալը | Ходжалы",
    "Talış | Talish | Թալիշ | Талыш",
    "Xramort | Khramort’ | Խրամորթ | Храморт",
    "Nic | Nij | Нидж | Nidzh",
    "Füzuli | Fizuli | Ֆիզուլի | Физули",
    "Qarğabazar | Gharghabazar | Ղարղաբազար | Каргабазар",
    "Qoçəhmədli | Kochakhmedli | Քոչահմեդլի | Кочахмедли",
    "Qaraxanbəyli | Karakhanbeyli | Կարախանբեյլի | Караханбейли",
    "Malıbəyli | Malybeyli | Մալըբեյլի | Малыбейли",
    "Zəngilan | Zangilan | Зангелан",
    "Dəmirçilər | Damirchilyar | Демирчиляр",
    "Kəlbəcər | Kǝlbǝcǝr | Kalbajar | Кәлбәҹәр | Кельбаджар | Kälbäjär",
    "Gəncə | Ganja | Gäncä | Гянджа",
    "Tərtər | Tartar | T’art’arr | Թարթառ | Тертер",
    "Ordubad | Ордубад | Ordoubat",
    "Kiş | Kish | Քիշ | Киш",
    "Bakı | Baku | Բաքու | Баку",
    "Hankavan | Հանքավան | Анкаван | Hank’avan",
    "Xudafərin | Khudafarin | Խուդաֆերին | خداآفرین",
    "Μεχμανά | Mehmana | Մեհմանա",
    "Yerevan | Երևան | Ереван | İrəvan | IRƏVAN | ایروان",
    "Kürmük | Kurmukhi",
    "Quba Mêrê Dîwanê | Quba Mere Diwane",
]
PLACES = [line.split(" | ") for line in SPELLINGS]

SAME_SITE = [
    ("Yuxarı Gövhər ağa məscidi", "Yukhari Govhar Agha Mosque"),
    ("Amaras", "Amaras monastırı"),
    ("Սուրբ Աստվածածին եկեղեցի", "St. Astvatsatsin Church"),
    ("Сурб Аствацацин", "Surb Astvatsatsin"),
    ("Mosque of Malibeyli", "мечеть Малыбейли"),
    ("Agha Govhar", "Govhar Agha"),
    ("Qara bağ", "Qarabağ"),
    ("مسجد عباس میرزا", "Abbas Mirzə məscidi"),
]
OTHER_SITE = [
    ("Şuşa", "Şişə"),
    ("Stepanakert", "Xankəndi"),
    ("Dadivank", "Xudavəng"),
    ("Surb Hakob Church", "Surb Sargis Church"),
    ("Saatlı məscidi", "Mərdinli məscidi"),
    ("Abbas", "Bashi"),
    ("Yuxarı", "Kara"),
]
NAMES = sorted({name for group in [*PLACES, *SAME_SITE, *OTHER_SITE] for name in group})


def matches(query: str, names: list[str]) -> bool:
    return any(score(query, name) >= MATCH for name in names)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_every_spelling_finds_the_others(place: list[str]) -> None:
    missed = [(a, b) for a, b in permutations(place, 2) if score(a, b) < MATCH or alike(a, b) < MATCH]

    assert missed == []


def test_a_name_rarely_finds_another_place() -> None:
    asked = [(name, place) for place in PLACES for name in place]
    found = [(a, other[0]) for a, own in asked for other in PLACES if other is not own and matches(a, other)]

    # Those left begin with the same letters (Şuşa, Susanlıq) or differ by a letter (Ağbulaq, Şahbulaq).
    assert len(found) / len(asked) < 0.15, found


@pytest.mark.parametrize(("a", "b"), SAME_SITE)
def test_the_whole_names_of_one_site_are_alike(a: str, b: str) -> None:
    assert alike(a, b) >= MATCH


@pytest.mark.parametrize(("a", "b"), OTHER_SITE)
def test_other_names_are_not_alike(a: str, b: str) -> None:
    assert alike(a, b) < MATCH
    assert score(a, b) < MATCH


@pytest.mark.parametrize(("a", "b"), SAME_SITE + OTHER_SITE)
def test_likeness_has_no_direction(a: str, b: str) -> None:
    assert alike(a, b) == alike(b, a)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_like_itself(name: str) -> None:
    assert alike(name, name) == 1
    assert score(name, name) == 1


def test_dotted_and_dotless_i_are_one() -> None:
    assert {fold(letter) for letter in "İIıi"} == {"i"}


def test_the_marks_for_hamza_ayn_and_aspiration_are_silent() -> None:
    assert {fold(name) for name in ("Maʿsum", "Ma'sum", "Ma’sum", "Maʾsum", "Masum")} == {"masom"}
    assert fold("Vank’") == fold("Vank")


def test_armenian_digraphs_are_read_together() -> None:
    assert [fold(name) for name in ("Շուշի", "Նախիջևան", "Նախիջեւան")] == ["sosi", "nakizavan", "nakizavan"]


def test_double_letters_are_one() -> None:
    assert fold("Mahallla") == fold("Mahalla") == fold("Mahala")
    assert fold("1100") == "1100"


def test_words_are_parted_by_blanks_and_punctuation() -> None:
    assert tokens("Ашагы-Айлис") == tokens(" Ashagy  Aylis ") == ["asaki", "ailis"]
    assert tokens("Սբ․ Շմավոն (Ագուլիս)") == ["sb", "smavon", "akolis"]


def test_digits_of_any_script_are_digits() -> None:
    assert fold("۱۲۳ ١٢٣ 123") == "123 123 123"


def test_a_script_without_a_table_has_an_empty_key_and_finds_nothing() -> None:
    assert fold("教会") == ""
    assert score("教会", "教会") == 0
    assert alike("教会", "教会") == 0
    assert score("Shusha", "教会") == 0


def test_the_beginning_of_a_word_finds_it() -> None:
    assert score("Ghazan", "Ղազանչեցոց Սուրբ Ամենափրկիչ") >= MATCH
    assert score("chetsots", "Ղազանչեցոց") < MATCH


def test_every_word_of_a_query_must_be_met() -> None:
    assert score("Govhar Yukhari", "Yuxarı Gövhər ağa məscidi") >= MATCH
    assert score("Govhar Ashaghi", "Yuxarı Gövhər ağa məscidi") < MATCH


def test_generic_words_only_order_the_finds() -> None:
    mosque, church = score("Shusha mosque", "Şuşa məscidi"), score("Shusha mosque", "Շուշիի եկեղեցի")

    assert mosque > church >= MATCH


def test_a_query_of_generic_words_finds_that_kind_of_site() -> None:
    assert matches("mosque", ["Saatlı məscidi"])
    assert matches("Святая церковь", ["Սուրբ Ստեփանոս եկեղեցի"])
    assert matches("the mosque in", ["Saatlı məscidi"])
    assert not matches("in", ["Church in Talish"])
    assert not matches("mosque", ["Սուրբ Ստեփանոս եկեղեցի"])


def test_any_name_of_a_place_may_answer() -> None:
    assert matches("Khankendi", ["Stepanakert", "Xankəndi"])
    assert not matches("Khankendi", [])


def test_an_empty_query_finds_nothing() -> None:
    assert score("", "Şuşa") == score(" - ", "Şuşa") == score("Şuşa", "") == 0


@given(st.text())
def test_a_key_is_plain_and_its_own_key(text: str) -> None:
    key = fold(text)

    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", key)
    assert fold(key) == key


@given(st.text(), st.text())
def test_words_are_read_one_by_one(a: str, b: str) -> None:
    assert fold(f"{a} {b}") == f"{fold(a)} {fold(b)}".strip()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", max_size=12))
def test_a_latin_key_is_its_own_key(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    st.text(alphabet="abdghiknosuyzşxəğ ", max_size=10), st.text(alphabet="abdghiknosuyzşxəğ ", max_size=10)
)
def test_scores_lie_between_nothing_and_the_same(a: str, b: str) -> None:
    assert 0 <= score(a, b) <= 1
    assert alike(a, b) == pytest.approx(alike(b, a))
    assert 0 <= alike(a, b) <= 1


def test_every_entry_of_the_table_is_reached() -> None:
    table = _folding()
    assert all(re.fullmatch("[a-z]+", spelling) for spelling in table["spellings"])  # they go into a pattern
    entries = [entry for script in table["characters"].values() for entry in script.items()]

    assert len({character for character, _ in entries}) == len(entries), "a character stands in two scripts"
    for character, latin in entries:
        assert len(character) == 1 or not re.search(r"[\\^$.*+?()\[\]{}|/-]", character)
        assert re.fullmatch("[a-z0-9 ]*", latin)
        assert " " not in character[1:], "keys are made word by word"
        assert fold(f"m{character}") == fold(f"m{latin}"), character  # not first: a first ո is read vo


def test_no_generic_word_has_two_meanings() -> None:
    meaning: dict[str, str] = {}
    for kind, words in _folding()["generic"].items():
        for key in {key for word in words for key in tokens(word)}:
            assert meaning.setdefault(key, kind) == kind, key


def test_a_generic_word_has_its_meaning_in_any_script() -> None:
    meanings = [generic_meaning(fold(word)) for word in ("church", "եկեղեցի", "церковь", "məscid")]
    assert meanings == ["church", "church", "church", "mosque"]
    assert generic_meaning(fold("the")) == ""
    assert generic_meaning(fold("Gandzasar")) is None


def test_a_skeleton_is_the_same_for_near_consonants() -> None:
    assert skeleton(fold("Talish")) == skeleton(fold("Dalish"))


# Fixed odd texts next to the names: casing, compatibility forms, joiners, lone marks, other scripts.
ODD = [
    "",
    " ",
    "İI ıi",
    "ẞß",
    "ΣΑΣ Σούσα",
    "ﬁﬂ Ⅷ ½",
    "e\u0301\u0327",
    "a\u200cb\u200dc",
    "\u202eabc",
    "😀 教会",
    "Kå",
    "Ǆ ǆ",
    "ﷲ ﻻ",
    "ႠႡ ᲐᲑ",
    "гъ кӏ Ҝҹ",
    "____",
    "a\u00a0b\u3000c\nd",
]


@pytest.fixture
def browser_fold(chromium: Any) -> Iterator[Any]:
    """Call fold.js in a page: a list of [query, name] becomes the keys of both and the score."""
    static = files("heritage_registry") / "maps" / "static" / "fold.js"
    # A module cannot be imported from a page that has no address: its exports become plain functions instead.
    script = static.read_text("utf-8").replace("export function", "function")
    run = """([table, pairs]) => pairs.map(([a, b]) => {
        const [asked, key] = [fold(a, table), fold(b, table)];
        return [asked, key, score(asked, key, table)];
    })"""
    page = chromium.new_page()
    page.add_script_tag(content=script)
    yield lambda pairs: page.evaluate(run, [_folding(), pairs])
    page.close()


@pytest.mark.browser
def test_the_page_folds_and_scores_as_the_command_does(browser_fold: Any) -> None:
    pairs = [*combinations(NAMES, 2), *((name, name) for name in NAMES)]

    found = browser_fold(pairs)

    assert found == [[fold(a), fold(b), score(a, b)] for a, b in pairs]


@pytest.mark.browser
def test_the_page_folds_odd_texts_as_the_command_does(browser_fold: Any) -> None:
    texts = [*ODD, *(chr(code) for code in range(0x20, 0x3000))]

    found = browser_fold([(text, "Şuşa") for text in texts])

    assert found == [[fold(text), "sosa", score(text, "Şuşa")] for text in texts]


def _folding() -> Any:
    return json.loads((files("heritage_registry") / "languages" / "folding.json").read_text("utf-8"))
