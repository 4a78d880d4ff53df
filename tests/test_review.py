"""A record on its way to readers: every act is signed, and no order of acts shows what the rule refuses."""

from __future__ import annotations

import json
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conftest import REGISTRY_TOML, claim, site_feature, source, write
from heritage_registry.errors import InvalidRecords, RecordNotFound, RegistryError, StaleRecord
from heritage_registry.form import decode_loosely
from heritage_registry.merge import merge
from heritage_registry.parts import Review
from heritage_registry.public import public_view
from heritage_registry.publishing import content_digest, log_of, refusal, status_of
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    Registry,
    examine,
    format_records,
    read_current,
    read_record,
    read_registry,
    record_path,
)
from heritage_registry.review import (
    Done,
    ProposalOutdated,
    ReviewRefused,
    Signature,
    approve,
    begin_again,
    discard,
    restore,
    save,
    send_back,
    submit,
    withdraw,
)
from heritage_registry.site import Site
from test_publishing import ruled

KEY = "k7m2q9x4"
ANI, BORIS, CYRUS = (Signature(name, "2027-01-01") for name in ("Ani", "Boris", "Cyrus"))


def now(registry: Path) -> Registry:
    return examine(registry)[0]


def site(registry: Path) -> Site:
    found = read_record(registry, SITES, KEY)[0]
    assert isinstance(found, Site)
    return found


def acts(record: Any) -> list[tuple[str, str]]:
    return [(entry.act, entry.by) for entry in log_of(record)]


def called(record: Any, text: str) -> Site:
    assert isinstance(record, Site)
    names = (replace(record.properties.names[0], text=text),)
    return replace(record, properties=replace(record.properties, names=names))


def rename(registry: Path, text: str, who: Signature) -> Done:
    """Change the name of the site as a writer does who read it just now."""
    current = read_current(registry, SITES, KEY)
    return save(now(registry), called(current.record, text), current.digest, who)


@pytest.fixture
def begun(registry: Path) -> Path:
    """A registry with the rule of the second person and a site that Ani wrote."""
    ruled(registry)
    feature = site_feature(status="draft", status_reason="Not reviewed yet")
    record = decode_loosely(json.dumps(feature).encode(), Site, "")
    save(now(registry), record, None, ANI)
    return registry


@pytest.fixture
def published(begun: Path) -> Path:
    """The same, submitted by Ani and approved by Boris."""
    submit(now(begun), KEY, ANI)
    approve(now(begun), KEY, BORIS)
    return begun


def test_a_new_record_is_a_draft_signed_by_its_writer(begun: Path) -> None:
    record = site(begun)
    assert status_of(record) == "draft"
    assert acts(record) == [("wrote", "Ani")]
    assert log_of(record)[0].content == content_digest(record)
    assert read_registry(begun).sites.keys() == {KEY}


def test_a_record_given_as_published_is_a_draft_all_the_same(registry: Path) -> None:
    ruled(registry)
    record = decode_loosely(json.dumps(site_feature()).encode(), Site, "")
    save(now(registry), record, None, ANI)
    assert status_of(site(registry)) == "draft"


def test_nothing_is_signed_where_anyone_publishes(registry: Path) -> None:
    record = decode_loosely(json.dumps(site_feature()).encode(), Site, "")
    save(now(registry), record, None, Signature("", "2027-01-01"))
    assert status_of(site(registry)) == "published"
    assert log_of(site(registry)) == ()


def test_a_source_is_no_matter_of_review(registry: Path) -> None:
    ruled(registry)
    found, digest = read_record(registry, SOURCES, "survey-2021")
    save(now(registry), replace(found, title="Another title"), digest, ANI)
    assert read_record(registry, SOURCES, "survey-2021")[0].title == "Another title"  # type: ignore[union-attr]
    with pytest.raises(ReviewRefused, match="is a source; sites and claims are reviewed"):
        submit(now(registry), "survey-2021", ANI)


def test_an_unsigned_act_is_refused(begun: Path) -> None:
    with pytest.raises(ReviewRefused, match="say who you are: a pseudonym is enough"):
        submit(now(begun), KEY, Signature(" ", "2027-01-01"))


def test_who_goes_on_writing_has_one_entry(begun: Path) -> None:
    rename(begun, "New Mosque", ANI)
    rename(begun, "Newer Mosque", ANI)
    rename(begun, "Newest Mosque", BORIS)
    assert acts(site(begun)) == [("wrote", "Ani"), ("wrote", "Boris")]


def test_a_draft_is_submitted_approved_and_public(published: Path) -> None:
    registry = read_registry(published)
    assert acts(site(published)) == [("wrote", "Ani"), ("submitted", "Ani"), ("approved", "Boris")]
    assert [x.id for x in public_view(registry.sites.values())] == [KEY]


def test_a_draft_that_was_not_submitted_is_not_approved(begun: Path) -> None:
    with pytest.raises(ReviewRefused, match="is a draft; its writer submits it for review first"):
        approve(now(begun), KEY, BORIS)


def test_nobody_approves_what_they_wrote(begun: Path) -> None:
    submit(now(begun), KEY, ANI)
    with pytest.raises(ReviewRefused) as refused:
        approve(now(begun), KEY, Signature("ani", "2027-01-01"))
    assert str(refused.value) == (
        "ani wrote this text of k7m2q9x4 or a part of it, and the rule 'second_person' of registry.toml asks"
        " for somebody else; send it back with a reason, or leave it to a third person"
    )
    assert status_of(site(begun)) == "in_review"


def test_a_name_that_reads_like_the_authors_is_no_second_person(begun: Path) -> None:
    submit(now(begun), KEY, ANI)
    for name in ("Ани", "Անի", "ANI", "Αni"):
        with pytest.raises(ReviewRefused, match="wrote this text"):
            approve(now(begun), KEY, Signature(name, "2027-01-01"))


def test_what_was_sent_back_says_why_and_is_submitted_again(begun: Path) -> None:
    submit(now(begun), KEY, ANI)
    with pytest.raises(ReviewRefused, match="say what is to be mended"):
        send_back(now(begun), KEY, BORIS, " ")
    send_back(now(begun), KEY, BORIS, "No page number.")
    assert status_of(site(begun)) == "draft"
    assert log_of(site(begun))[-1].reason == "No page number."
    rename(begun, "New Mosque", ANI)
    submit(now(begun), KEY, ANI)
    approve(now(begun), KEY, BORIS)
    assert status_of(site(begun)) == "published"


def test_a_change_of_a_published_record_waits_beside_it(published: Path) -> None:
    before = record_path(published, SITES, KEY).read_bytes()
    done = rename(published, "New Mosque", CYRUS)
    assert done.is_proposal
    assert done.path == published / "proposed" / "records" / f"{KEY}.geojson"
    assert record_path(published, SITES, KEY).read_bytes() == before
    assert read_registry(published).proposals.keys() == {KEY}
    rename(published, "Newer Mosque", CYRUS)
    submit(now(published), KEY, CYRUS)
    approve(now(published), KEY, ANI)
    assert site(published).properties.names[0].text == "Newer Mosque"
    assert acts(site(published))[3:] == [("wrote", "Cyrus"), ("submitted", "Cyrus"), ("approved", "Ani")]
    assert read_registry(published).proposals == {}
    assert not done.path.exists()


def test_a_change_saved_untouched_is_no_proposal(published: Path) -> None:
    current = read_current(published, SITES, KEY)
    assert save(now(published), current.record, current.digest, CYRUS).paths == ()
    assert read_registry(published).proposals == {}


def test_a_proposal_is_never_public(published: Path) -> None:
    rename(published, "New Mosque", CYRUS)
    registry = read_registry(published)
    assert [x.properties.names[0].text for x in public_view(registry.sites.values())] == ["Old Mosque"]


def test_a_proposal_of_another_than_the_published_record_is_not_approved(published: Path) -> None:
    rename(published, "New Mosque", CYRUS)
    submit(now(published), KEY, CYRUS)
    # Meanwhile another clone had its own change approved, and it was pulled.
    other = called(site(published), "Other Mosque")
    log = (
        *log_of(other),
        Review(act="wrote", by="Dan", date="2027-01-02", content=content_digest(other)),
        Review(act="approved", by="Eve", date="2027-01-02", content=content_digest(other)),
    )
    pulled = replace(other, properties=replace(other.properties, reviews=log))
    write(published, "site", msgspec.to_builtins(pulled))
    with pytest.raises(
        ProposalOutdated, match="was published anew since this change of it was begun"
    ) as told:
        approve(now(published), KEY, BORIS)
    assert told.value.published.properties.names[0].text == "Other Mosque"  # type: ignore[union-attr]
    assert told.value.proposal.properties.names[0].text == "New Mosque"  # type: ignore[union-attr]
    begin_again(now(published), KEY, CYRUS)
    submit(now(published), KEY, CYRUS)
    approve(now(published), KEY, BORIS)
    assert site(published).properties.names[0].text == "New Mosque"
    assert [entry.by for entry in log_of(site(published)) if entry.act == "approved"] == [
        "Boris",
        "Eve",
        "Boris",
    ]
    read_registry(published)


def test_a_proposal_can_be_thrown_away(published: Path) -> None:
    done = rename(published, "New Mosque", CYRUS)
    digest = read_current(published, SITES, KEY).digest
    rename(published, "Newer Mosque", CYRUS)
    with pytest.raises(StaleRecord):
        discard(now(published), KEY, digest)
    discard(now(published), KEY, read_current(published, SITES, KEY).digest)
    assert not done.path.exists()
    with pytest.raises(RecordNotFound, match="no change of k7m2q9x4 is proposed"):
        discard(now(published), KEY, digest)


def test_a_change_that_a_crash_left_behind_is_taken_away(published: Path) -> None:
    done = rename(published, "New Mosque", CYRUS)
    submit(now(published), KEY, CYRUS)
    left = done.path.read_bytes()
    approve(now(published), KEY, ANI)
    done.path.write_bytes(left)
    approve(now(published), KEY, ANI)
    assert not done.path.exists()
    assert acts(site(published))[-1] == ("approved", "Ani")
    read_registry(published)


def test_two_writers_of_a_published_record_do_not_lose_each_others_change(published: Path) -> None:
    read = read_current(published, SITES, KEY)
    save(now(published), called(read.record, "Anis Mosque"), read.digest, ANI)
    with pytest.raises(StaleRecord):
        save(now(published), called(read.record, "Cyrus Mosque"), read.digest, CYRUS)


def test_a_change_in_a_text_editor_is_told_and_can_be_handed_in(published: Path) -> None:
    write(published, "site", msgspec.to_builtins(called(site(published), "New Mosque")))
    with pytest.raises(InvalidRecords, match="differs from what Boris approved on 2027-01-01"):
        read_registry(published)
    submit(now(published), KEY, BORIS)
    read_registry(published)
    assert acts(site(published))[-2:] == [("wrote", "Boris"), ("submitted", "Boris")]
    with pytest.raises(ReviewRefused, match="Boris wrote this text"):
        approve(now(published), KEY, BORIS)
    approve(now(published), KEY, ANI)
    assert status_of(site(published)) == "published"


def test_where_git_has_the_approved_text_readers_go_on_seeing_it(published: Path) -> None:
    for command in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=x", "-c", "user.email=", "commit", "-qm", "x"),
    ):
        subprocess.run(("git", *command), cwd=published, check=True)
    before = record_path(published, SITES, KEY).read_bytes()
    write(published, "site", msgspec.to_builtins(called(site(published), "New Mosque")))
    done = submit(now(published), KEY, CYRUS)
    assert done.is_proposal
    assert record_path(published, SITES, KEY).read_bytes() == before
    approve(now(published), KEY, ANI)
    assert site(published).properties.names[0].text == "New Mosque"
    read_registry(published)


def test_a_change_behind_the_writers_back_is_not_approved(begun: Path) -> None:
    submit(now(begun), KEY, ANI)
    write(begun, "site", msgspec.to_builtins(called(site(begun), "New Mosque")))
    with pytest.raises(ReviewRefused, match="was changed since its writer submitted it"):
        approve(now(begun), KEY, BORIS)


def test_a_withdrawn_record_says_why_and_comes_back(published: Path) -> None:
    withdraw(now(published), KEY, BORIS, "Entered twice.")
    found = site(published).properties
    assert (found.status, found.withdrawn.reason if found.withdrawn else "") == (
        "withdrawn",
        "Entered twice.",
    )
    read_registry(published)
    restore(now(published), KEY, BORIS)
    assert status_of(site(published)) == "published"
    read_registry(published)
    with pytest.raises(ReviewRefused, match="is not withdrawn"):
        restore(now(published), KEY, BORIS)


def test_a_withdrawn_draft_comes_back_as_a_draft(begun: Path) -> None:
    withdraw(now(begun), KEY, BORIS, "No such place.")
    restore(now(begun), KEY, BORIS)
    assert status_of(site(begun)) == "draft"


def test_a_claim_is_withdrawn_with_its_reason(registry: Path) -> None:
    write(registry, "claim", claim())
    withdraw(now(registry), "c1a1m000", ANI, "Never said.")
    found = read_record(registry, CLAIMS, "c1a1m000")[0]
    assert found.status_reason == "Never said."  # type: ignore[union-attr]
    restore(now(registry), "c1a1m000", ANI)
    with pytest.raises(ReviewRefused, match="a claim is not superseded"):
        withdraw(now(registry), "c1a1m000", ANI, "Never said.", "c1a1m001")


def test_two_organisations_approve_one_after_the_other(registry: Path) -> None:
    ruled(registry, "two_organisations")
    record = decode_loosely(json.dumps(site_feature()).encode(), Site, "")
    save(now(registry), record, None, ANI)
    submit(now(registry), KEY, ANI)
    with pytest.raises(ReviewRefused, match="say which organisation you work for"):
        approve(now(registry), KEY, BORIS)
    approve(now(registry), KEY, replace(BORIS, organisation="Institute A"))
    assert status_of(site(registry)) == "in_review"
    with pytest.raises(ReviewRefused, match="somebody of institute a approved this text already"):
        approve(now(registry), KEY, replace(CYRUS, organisation="institute a"))
    approve(now(registry), KEY, replace(CYRUS, organisation="Institute B"))
    assert status_of(site(registry)) == "published"
    read_registry(registry)


def test_check_reads_proposals_too(published: Path) -> None:
    rename(published, "New Mosque", CYRUS)
    path = published / "proposed" / "records" / f"{KEY}.geojson"
    text = path.read_text("utf-8")
    path.write_text(text.replace("survey-2021", "no-such-source"), "utf-8")
    (published / "proposed" / "records" / "note.txt").write_text("x", "utf-8")
    told = [(p.file, p.message.partition(";")[0]) for p in examine(published)[1]]
    assert ("proposed/records/note.txt", "is not a record") in told
    assert (f"proposed/records/{KEY}.geojson", "'no-such-source' is not in sources/") in told
    path.write_text(text.replace('"status": "draft"', '"status": "published"'), "utf-8")
    messages = [p.message for p in examine(published)[1]]
    assert "is of a proposed change; write 'draft' or 'in_review': approving it publishes it" in messages


def test_a_proposal_without_its_record_is_told(published: Path) -> None:
    rename(published, "New Mosque", CYRUS)
    record_path(published, SITES, KEY).unlink()
    [problem] = examine(published)[1]
    assert problem.message == f"changes records/{KEY}.geojson, which is not there; move it there as a draft"


def test_proposals_are_formatted_like_records(published: Path) -> None:
    done = rename(published, "New Mosque", CYRUS)
    before = done.path.read_bytes()
    done.path.write_bytes(b" " + before)
    assert format_records(published) == [done.path]
    assert done.path.read_bytes() == before


def test_logs_of_two_clones_are_both_kept_and_nothing_is_approved_by_a_merge(published: Path) -> None:
    base = site(published)
    sides = []
    for name, who, other in (("Anis Mosque", ANI, BORIS), ("Mosque of Cyrus", CYRUS, BORIS)):
        text = called(base, name)
        entries = (
            replace(who.entry("wrote"), content=content_digest(text)),
            other.entry("approved", content=content_digest(text)),
        )
        log = (*log_of(base), *entries)
        sides.append(replace(text, properties=replace(text.properties, reviews=log)))
    ours, theirs = sides
    merged = merge(base, ours, theirs).record
    assert isinstance(merged, Site)
    assert acts(merged)[3:] == [
        *[("wrote", "Ani"), ("approved", "Boris")],
        *[("wrote", "Cyrus"), ("approved", "Boris")],
    ]
    publishing = now(published).config.publishing
    assert all(refusal(side, publishing) is None for side in sides)
    say = refusal(merged, publishing)
    assert say is not None
    assert "differs from what Boris approved" in say


PEOPLE = tuple(Signature(name, "2027-01-01", f"Institute {name[0]}") for name in ("Ani", "Boris", "Cyrus"))
DEEDS = (
    "rename",
    "by_hand",
    "submit",
    "approve",
    "send_back",
    "withdraw",
    "restore",
    "discard",
    "begin_again",
)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(PEOPLE), st.integers(0, 3)), max_size=20)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=st.sampled_from(("second_person", "two_organisations")), steps=STEPS)
def test_no_order_of_acts_shows_what_the_rule_refuses(
    rule: str, steps: list[tuple[str, Signature, int]]
) -> None:
    """Whoever approves wrote none of the text, and no text is shown that too few people agreed to."""
    with tempfile.TemporaryDirectory() as folder:
        registry = an_empty_registry(Path(folder), rule)
        record = decode_loosely(json.dumps(site_feature()).encode(), Site, "")
        save(now(registry), record, None, PEOPLE[0])
        writers, agreed = {"Ani"}, dict[str, set[str]]()
        for deed, who, n in steps:
            before = current_site(registry)
            with suppress(RegistryError):
                take(registry, deed, who, n)
                after = current_site(registry)
                if deed == "approve":
                    assert who.by not in writers
                    agreed.setdefault(before.properties.names[0].text, set()).add(who.by)
                    if status_of(after) == "published":
                        writers = set()
                elif deed == "discard":
                    writers = set()
                elif deed != "by_hand":
                    writers |= {entry.by for entry in log_of(after)[-2:] if entry.act == "wrote"} & {who.by}
            assert_only_what_was_agreed_to_is_shown(
                now(registry), agreed, 1 if rule == "second_person" else 2
            )


def an_empty_registry(registry: Path, rule: str) -> Path:
    (registry / "registry.toml").write_text(REGISTRY_TOML, "utf-8")
    for name in ("records", "sources", "claims"):
        (registry / name).mkdir()
    write(registry, "source", source())
    return ruled(registry, rule)


def current_site(registry: Path) -> Site:
    found = read_current(registry, SITES, KEY).record
    assert isinstance(found, Site)
    return found


def assert_only_what_was_agreed_to_is_shown(
    registry: Registry, agreed: dict[str, set[str]], need: int
) -> None:
    if refusal(registry.sites[KEY], registry.config.publishing) is None:
        for shown in public_view(registry.sites.values()):
            assert len(agreed.get(shown.properties.names[0].text, ())) >= need


def take(registry: Path, deed: str, who: Signature, n: int) -> None:
    look = now(registry)
    name = f"Mosque {n}"
    if deed == "rename":
        rename(registry, name, who)
    elif deed == "by_hand":
        write(registry, "site", msgspec.to_builtins(called(site(registry), name)))
    elif deed == "send_back":
        send_back(look, KEY, who, "Look again.")
    elif deed == "withdraw":
        withdraw(look, KEY, who, "A duplicate.")
    elif deed == "discard":
        discard(look, KEY, read_current(registry, SITES, KEY).digest)
    else:
        does = {"submit": submit, "approve": approve, "restore": restore, "begin_again": begin_again}
        does[deed](look, KEY, who)
