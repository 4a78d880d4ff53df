"""Hints: loaded words outside what somebody is reported to say, and statements stronger than their source."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conftest import claim, heritage, report, site_feature, write
from heritage_registry.claim import Claim
from heritage_registry.errors import dotted
from heritage_registry.form import decode_loosely
from heritage_registry.neutrality import KINDS, Hint, hints
from heritage_registry.registry import examine
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.wording import LANGUAGES, web_messages

SITES = Path(__file__).parents[1] / "sites"


def site(*reports: dict[str, Any], **properties: Any) -> Site:
    raw = json.dumps(site_feature(reports=reports, **properties)).encode()
    return decode_loosely(raw, Site, "site")


def noted(text: str, language: str = "en") -> tuple[Hint, ...]:
    """Return the hints about a site with this note of ours."""
    return hints(site(notes=[{"text": {language: text}}]))


def kinds(found: tuple[Hint, ...]) -> list[str]:
    return [hint.kind for hint in found]


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "The town was liberated in 2020.", "liberated"),
        ("en", "Damaged during the occupation.", "occupation"),
        ("en", "Acts of VANDALISM are visible.", "VANDALISM"),
        ("en", "A case of cultural erasure.", "erasure"),
        ("en", "The so-called monument was moved.", "so-called"),
        ("en", "An illegally built chapel.", "illegally"),
        ("hy", "Քաղաքն ազատագրվել է 2020 թվականին։", "ազատագրվել"),
        ("hy", "Վնասվել է օկուպացիայի տարիներին։", "օկուպացիայի"),
        ("hy", "Տեսանելի են վանդալիզմի հետքեր։", "վանդալիզմի"),
        ("hy", "Այսպես կոչված հուշարձանը տեղափոխվել է։", "Այսպես կոչված"),
        ("az", "Şəhər 2020-ci ildə işğaldan çıxıb.", "işğaldan"),
        ("az", "İşğal zamanı zədələnib.", "İşğal"),
        ("az", "Vandalizmin izləri görünür.", "Vandalizmin"),
        ("az", "Qondarma abidə köçürülüb.", "Qondarma"),
        ("ru", "Город был освобождён в 2020 году.", "освобождён"),
        ("ru", "Повреждено во время оккупации.", "оккупации"),
        ("ru", "Видны следы вандализма.", "вандализма"),
        ("ru", "Стёрт с лица земли.", "Стёрт с лица"),
        ("ru", "Так называемый памятник перенесён.", "Так называемый"),
    ],
)
def test_a_loaded_word_in_our_own_text_is_pointed_out(language: str, text: str, word: str) -> None:
    [hint] = noted(text, language)
    assert (hint.kind, hint.word) == ("loaded", word)
    assert dotted(hint.field) == f"properties.notes.0.text.{language}"
    assert hint.instead
    assert not hint.mild


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "APA says that the town was liberated."),
        ("en", "Damaged during what shusha.today calls the occupation."),
        ("en", "The report 'Silent Erasure' lists it."),
        ("en", "Its caption has “vandalism” and no date."),
        ("en", "According to the ministry it was an aggression."),
        ("hy", "Նախարարությունը հայտարարել է, որ քաղաքն ազատագրվել է։"),
        ("hy", "«Ազատագրում» է վերնագրված։"),
        ("az", "Nazirlik şəhərin işğal edildiyini bildirir."),
        ("az", "Mənbədə «işğal» sözü var."),
        ("ru", "Министерство сообщает об освобождении города."),
        ("ru", "По словам очевидца, это вандализм."),
        ("ru", "В подписи стоит «вандализм»."),
    ],
)
def test_what_somebody_is_reported_to_say_may_hold_any_word(language: str, text: str) -> None:
    assert noted(text, language) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A garden occupies the plot, and the house is occupied by a family."),
        ("en", "St. Barbara's chapel stands near a separate cemetery."),
        ("en", "A new roof was put on in an appropriate form."),
        ("en", "The genocide memorial was moved in 2022."),
        ("en", "Destroyed by the Spitak earthquake."),
        ("en", "Excavated by an Armenian expedition, restored by Azerbaijani masons."),
        ("en", "Surveyed in the territory of the district by May 2021."),
        ("hy", "Եկեղեցին վերանորոգվել է, գավիթը փլված է։"),
        ("hy", "Արձանագրությունն առանձին քարի վրա է։"),
        ("az", "Məscid təmir edilib, minarəsi uçub, silindrik günbəzi qalıb."),
        ("az", "Azad kəndinin qəbiristanlığı, sahəsi yarım hektar."),
        ("ru", "Церковь Святой Варвары стоит в отдельном овраге."),
        ("ru", "Мечети присвоен статус памятника, территория огорожена."),
        ("ru", "Свободный доступ к колодцу."),
    ],
)
def test_a_neutral_text_raises_no_hint(language: str, text: str) -> None:
    assert noted(text, language) == ()


def test_the_speaker_of_one_sentence_does_not_speak_in_the_next() -> None:
    assert kinds(noted("APA says that it burned. It was liberated in 2020.")) == ["loaded"]
    assert noted("H. Petrosyan says in No. 645 of the journal that it was liberated.") == ()


def test_in_a_part_that_names_its_speaker_the_hint_is_mild() -> None:
    [hint] = hints(site(report(according_to="APA", summary={"en": "Damaged in the occupation."})))
    assert hint.kind == "loaded_named"
    assert hint.mild


def test_answers_titles_and_words_of_sources_are_not_ours() -> None:
    answer = {
        "according_to": "APA",
        "stance": "denies",
        "element": "fact",
        "scope": "this_site",
        "summary": {"en": "The town was liberated, not occupied."},
        "citations": [{"source": "survey-2021"}],
    }
    told = report(as_stated="liberated from occupation", responses=[answer])
    assert hints(site(told, excerpts=[{"source": "survey-2021", "text": "liberation"}])) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Destroyed in 1994 by Ruritanian soldiers."),
        ("en", "Ruritanian forces burned the roof."),
        ("hy", "Ավերվել է զինվորների կողմից։"),
        ("az", "Əsgərlər tərəfindən dağıdılıb."),
        ("ru", "Разрушено военными в 1994 году."),
    ],
)
def test_who_did_it_is_not_told_without_who_says_so(language: str, text: str) -> None:
    assert kinds(noted(text, language)) == ["deed_without_speaker"]


def test_a_statement_is_not_surer_than_what_it_rests_on() -> None:
    told = report(certainty="definite", as_stated="razed", evidence={"type": "not_stated"})
    assert kinds(hints(site(told | {"according_to": "APA"}))) == ["certainty_unfounded"]
    seen = report(certainty="high", as_stated="razed")
    assert hints(site(seen)) == ()
    assert kinds(hints(site(report(certainty="medium")))) == ["certainty_no_word"]


def test_the_doubt_of_a_source_is_kept() -> None:
    assert kinds(hints(site(report(as_stated="reportedly demolished")))) == ["doubt_lost"]
    assert hints(site(report(as_stated="reportedly demolished", certainty="low"))) == ()


def test_a_grade_is_not_worse_than_the_word_of_the_source() -> None:
    [hint] = hints(site(report(condition="destroyed", as_stated="partly burnt")))
    assert (hint.kind, hint.word) == ("grade_above_word", "partly")
    assert hints(site(report(condition="severe_damage", as_stated="partly burnt"))) == ()


def test_what_rests_on_a_statement_is_told_as_a_statement() -> None:
    bare = report(evidence={"type": "press"}, summary={"en": "Razed to the ground."})
    assert kinds(hints(site(bare))) == ["fact_without_speaker"]
    assert hints(site(bare | {"summary": {"en": "APA says that it was razed."}})) == ()
    assert hints(site(bare | {"according_to": "APA"})) == ()
    assert hints(site(bare | {"evidence": {"type": "satellite_imagery"}})) == ()


@pytest.mark.parametrize(
    "speaker", ["Sources", "the media", "փորձագետներ", "yerli sakinlər", "местные жители"]
)
def test_a_speaker_is_somebody_who_can_be_found(speaker: str) -> None:
    assert kinds(hints(site(report(according_to=speaker)))) == ["vague_speaker"]
    assert hints(site(report(according_to="two experts of the Survey Institute"))) == ()


def test_a_place_named_in_one_language_only_is_mentioned() -> None:
    [hint] = hints(site(places=[("Şuşa", "az"), ("Shusha", "en"), ("Шуша", "ru")]))
    assert (hint.kind, hint.text, hint.mild) == ("place_one_language", "Şuşa (az)", True)
    assert hints(site(places=[("Şuşa", "az"), ("Շուշի", "hy")])) == ()
    assert hints(site(places=[("Shusha", "en")])) == ()


def test_a_claim_is_what_its_claimant_says() -> None:
    raw = json.dumps(claim(meaning={"en": "Desecrated, not destroyed."})).encode()
    held: Claim = decode_loosely(raw, Claim, "claim")
    assert kinds(hints(held)) == ["loaded_named"]


def test_of_a_change_only_what_is_new_is_asked() -> None:
    before = site(notes=[{"text": {"en": "The town was liberated."}}])
    after = site(notes=[{"text": {"en": "Acts of vandalism."}}, {"text": {"en": "The town was liberated."}}])
    assert [hint.word for hint in hints(after, before)] == ["vandalism"]
    assert hints(after, after) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hint_is_said_in_the_language_of_the_reader(language: str) -> None:
    words = web_messages(language)
    [loaded] = noted("The town was liberated.")
    said = words["hint.loaded"].format(**loaded.values(language))
    assert "liberated" in said
    assert loaded.values(language)["why"] in said
    for kind in KINDS:
        assert "{}" not in words[f"hint.{kind}"].format(**loaded.values(language))


def test_on_the_real_records_hints_are_few_and_each_was_looked_at() -> None:
    """Of some hundred loaded words in them all but two stand beside the one whose words they are."""
    registry, _ = examine(SITES)
    records: list[Site | Claim | Source] = [
        *registry.sites.values(),
        *registry.claims.values(),
        *registry.sources.values(),
    ]
    found = Counter(hint.kind for record in records for hint in hints(record))
    urgent = sum(number for kind, number in found.items() if not Hint((), kind, "").mild)
    assert urgent <= len(registry.sites) // 20
    assert found["loaded"] <= 3


def test_check_asks_too_and_counts_no_hint_as_a_problem(registry: Path) -> None:
    path = write(registry, "site", site_feature(notes=[{"text": {"en": "The town was liberated."}}]))
    told = heritage(registry, "check", "--hints")
    assert told.exit_code == 0
    assert f"records/{path.name}: properties.notes.0.text.en: “liberated” takes a side" in told.output
    assert "liberated" not in heritage(registry, "check").output
