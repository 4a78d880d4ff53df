"""Who may publish: a record is shown as those who did not write it agreed to, and not otherwise."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from msgspec import convert

from conftest import claim, heritage, site_feature, write
from heritage_registry.claim import Claim
from heritage_registry.config import Publishing
from heritage_registry.errors import NotARegistry
from heritage_registry.form import encode
from heritage_registry.parts import Review
from heritage_registry.public import public_claims, public_view
from heritage_registry.publishing import content_digest, refusal, standing
from heritage_registry.registry import examine, read_registry, registry_digest
from heritage_registry.site import Site

SECOND = Publishing(rule="second_person", since="2026-11-25")
TWO = Publishing(rule="two_organisations")
RULE = '[publishing]\nrule = "anyone"\n'


def ruled(registry: Path, rule: str = "second_person", since: str | None = None) -> Path:
    """Give a registry a rule."""
    path = registry / "registry.toml"
    lines = f'[publishing]\nrule = "{rule}"\n' + (f'since = "{since}"\n' if since else "")
    path.write_text(path.read_text("utf-8").replace(RULE, lines), "utf-8")
    return registry


def of_site(*log: Review, status: str = "published", name: str = "Old Mosque") -> Site:
    names = [{"text": name, "language": "en", "citations": [{"source": "survey-2021"}]}]
    feature = site_feature(names=names, status=status)
    feature["properties"]["reviews"] = [json.loads(encode(entry)) for entry in log]
    return convert(feature, Site)


TEXT = content_digest(of_site())
OTHER = content_digest(of_site(name="Another name"))


def wrote(by: str = "Ani", content: str = TEXT, date: str = "2027-01-01") -> Review:
    return Review(act="wrote", by=by, date=date, content=content)


def approved(by: str, content: str = TEXT, organisation: str | None = None) -> Review:
    return Review(act="approved", by=by, date="2027-01-02", content=content, organisation=organisation)


def test_the_digest_is_that_of_the_text_without_status_and_log() -> None:
    bare = of_site(wrote(), status="draft")
    text = encode(of_site()).decode().replace('    "status": "published",\n', "", 1)
    assert content_digest(bare) == content_digest(of_site()) == hashlib.sha256(text.encode()).hexdigest()
    assert content_digest(of_site()) != OTHER


def test_the_digest_of_a_claim_leaves_out_its_status_and_nothing_else() -> None:
    statement = {"en": 'They say "status": "draft",\n and so on.'}
    one, other = claim(statement=statement), claim(statement=statement, status="draft", status_reason="x")
    assert content_digest(convert(one, Claim)) == content_digest(convert(other, Claim))
    assert content_digest(convert(one, Claim)) != content_digest(convert(claim(), Claim))


def test_a_second_person_publishes() -> None:
    assert refusal(of_site(wrote("Ani"), approved("Boris")), SECOND) is None


@pytest.mark.parametrize(
    "log",
    [
        (),
        (wrote("Ani"),),
        (approved("Boris"),),
        (wrote("Ani"), approved("Ani")),
        (wrote("Ani"), approved("ANI")),
        (wrote("Ani"), wrote("Boris"), approved("Boris")),
        (wrote("Ani"), approved("Boris", OTHER)),
        (wrote("Ani", OTHER), approved("Boris", TEXT)),
        (Review(act="taken_over", by="founders", date="2026-11-26", content=TEXT),),
    ],
)
def test_a_log_without_the_approval_of_a_second_person_publishes_nothing(log: tuple[Review, ...]) -> None:
    say = refusal(of_site(*log), SECOND)
    assert say is not None
    assert "asks for the approval of somebody who did not write it" in say


def test_the_approved_text_and_no_other_is_shown() -> None:
    log = (wrote("Ani"), approved("Boris"))
    assert refusal(of_site(*log, name="Another name"), SECOND) == (
        "is 'published', and the record differs from what Boris approved on 2027-01-02;"
        " have it reviewed ('heritage review'), or set it back"
    )


def test_who_approved_once_may_write_later_and_the_first_writer_approves_that() -> None:
    log = (wrote("Ani"), approved("Boris"), wrote("Boris", OTHER), approved("Ani", OTHER))
    assert refusal(of_site(*log, name="Another name"), SECOND) is None


def test_a_record_taken_over_by_the_day_of_the_registry_is_shown_as_it_was() -> None:
    taken = Review(act="taken_over", by="founders", date="2026-11-25", content=TEXT)
    assert refusal(of_site(taken), SECOND) is None
    assert refusal(of_site(taken), Publishing(rule="second_person")) is not None
    say = refusal(of_site(taken, name="Another name"), SECOND)
    assert say is not None
    assert "differs from what was taken over on 2026-11-25" in say


def test_what_was_withdrawn_is_shown_again_when_it_was_restored() -> None:
    withdrew = Review(act="withdrew", by="Ani", date="2027-02-01", reason="A duplicate.")
    log = (wrote("Ani"), approved("Boris"), withdrew)
    say = refusal(of_site(*log), SECOND)
    assert say is not None
    assert "Ani withdrew the record on 2027-02-01" in say
    assert refusal(of_site(*log, Review(act="restored", by="Cyrus", date="2027-02-02")), SECOND) is None


@pytest.mark.parametrize(
    ("log", "is_shown"),
    [
        ((approved("Boris", organisation="A"), approved("Cyrus", organisation="B")), True),
        ((approved("Boris", organisation="A"),), False),
        ((approved("Boris", organisation="A"), approved("Cyrus", organisation="a")), False),
        ((approved("Boris", organisation="A"), approved("Cyrus")), False),
        ((approved("Boris", organisation="A"), approved("Boris", organisation="B")), False),
        ((approved("Ani", organisation="A"), approved("Boris", organisation="B")), False),
        (
            (
                approved("Boris", organisation="A"),
                Review(act="returned", by="Dan", date="2027-01-03", reason="No page."),
                approved("Cyrus", organisation="B"),
            ),
            False,
        ),
        ((approved("Boris", organisation="A"), wrote("Dan"), approved("Cyrus", organisation="B")), False),
    ],
)
def test_two_organisations_are_two_people_of_two(log: tuple[Review, ...], is_shown: bool) -> None:
    assert (refusal(of_site(wrote("Ani"), *log), TWO) is None) is is_shown


def test_anyone_publishes_where_there_is_no_rule() -> None:
    assert refusal(of_site(), Publishing(rule="anyone")) is None


def test_a_log_says_what_waits_for_whom() -> None:
    found = standing((wrote("Ani"), wrote("Boris"), approved("Cyrus", organisation="A")), TWO)
    assert found.authors == ("Ani", "Boris")
    assert [entry.by for entry in found.approvals] == ["Cyrus"]
    assert found.content is None


def test_check_refuses_what_the_rule_refuses(registry: Path) -> None:
    ruled(registry)
    write(registry, "site", site_feature())
    write(registry, "claim", claim())
    _, problems = examine(registry)
    assert [(p.file, p.field) for p in problems] == [
        ("claims/c1a1m000.json", "status"),
        ("records/k7m2q9x4.geojson", "properties.status"),
    ]
    result = heritage(registry, "check")
    assert result.exit_code == 1
    assert "set 'draft' and have it reviewed" in result.stdout


def test_the_log_is_never_public(registry: Path) -> None:
    before = write_and_digest(registry, site_feature())
    log = [json.loads(encode(entry)) for entry in (wrote("Ani"), approved("Boris"))]
    assert write_and_digest(registry, site_feature(reviews=log)) == before


def write_and_digest(registry: Path, feature: dict[str, object]) -> str:
    write(registry, "site", feature)
    return registry_digest(read_registry(registry))


def test_since_is_a_day(registry: Path) -> None:
    ruled(registry, since="2026")
    with pytest.raises(NotARegistry, match=r"publishing\.since: '2026': write a day such as 2026-11-25"):
        read_registry(registry)


CORRECTION = {
    "received": "2026-11-01",
    "asks": {"en": "The mosque is said to have another name."},
    "outcome": "partly",
    "answer": {"en": "The name was added beside the other one."},
    "answered": "2026-11-20",
}


def test_answers_to_readers_are_public_where_the_place_is(registry: Path) -> None:
    log = [json.loads(encode(wrote("Ani")))]
    write(registry, "site", site_feature(corrections=[CORRECTION], reviews=log))
    hidden = site_feature("h1dden00", locations=[], sensitivity="withheld", corrections=[CORRECTION])
    hidden["properties"]["sensitivity_reason"] = "It is being looted."
    write(registry, "site", hidden)
    write(registry, "claim", claim(corrections=[CORRECTION], reviews=log))
    found = read_registry(registry)
    shown = {x.id: x.properties for x in public_view(found.sites.values())}
    assert [x.outcome for x in shown["k7m2q9x4"].corrections] == ["partly"]
    assert shown["h1dden00"].corrections == ()
    [public_claim] = public_claims(found.claims.values())
    assert public_claim.corrections
    assert public_claim.reviews == shown["k7m2q9x4"].reviews == ()


def test_the_pages_show_what_readers_asked_for_and_the_answer(registry: Path, tmp_path: Path) -> None:
    write(registry, "site", site_feature(corrections=[CORRECTION]))
    write(registry, "claim", claim(corrections=[CORRECTION]))
    assert heritage(registry, "publish", str(tmp_path / "web")).exit_code == 0
    for page in ("sites/k7m2q9x4.html", "claims/c1a1m000.html"):
        text = (tmp_path / "web" / "en" / page).read_text("utf-8")
        for said in ("Accepted in part", "said to have another name", "added beside the other one"):
            assert said in text


def test_the_dates_of_a_correction_exist_in_the_calendar(registry: Path) -> None:
    write(registry, "site", site_feature(corrections=[CORRECTION | {"received": "2026-02-30"}]))
    [problem] = examine(registry)[1]
    assert problem.field == "properties.corrections.0.received"
