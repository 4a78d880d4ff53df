"""A claim stands beside the records of its own scope, counted by rules that anybody can repeat."""

from __future__ import annotations

import calendar
import json
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import Json, claim, named, report, site_feature, source, write
from heritage_registry.assessed import assessed_sites
from heritage_registry.comparison import GROUPS, Comparison, Link, Window, compare, window_of
from heritage_registry.config import read_config
from heritage_registry.errors import NotARegistry
from heritage_registry.public import public_claims
from heritage_registry.registry import Registry, read_registry

REAL = Path(__file__).parents[1] / "sites"


def comparisons(registry: Registry) -> dict[str, Comparison]:
    rows = assessed_sites(registry)
    claims = public_claims(registry.claims.values())
    return {one.id: compare(one, rows, claims, registry.config.areas) for one in claims}


def compared(directory: Path, *records: Json, **fields: Any) -> Comparison:
    """Write sites and one claim, and return the claim's comparison."""
    for record in records:
        write(directory, "site", record)
    write(directory, "claim", claim(**fields))
    return comparisons(read_registry(directory))["c1a1m000"]


def district(text: str, level: str = "district") -> Json:
    cited = [{"source": "survey-2021"}]
    return {"level": level, "names": [{"text": text, "language": "en"}], "citations": cited}


def in_places(site_id: str, *places: Json) -> Json:
    """Return a site that lies in these places."""
    record = site_feature(site_id)
    record["properties"]["places"] = list(places)
    return record


def groups(found: Comparison) -> dict[str, tuple[str, ...]]:
    return {group: ids for group, ids in found.latest.groups.items() if ids}


def test_only_sites_of_the_types_and_communities_of_the_claim_are_compared(registry: Path) -> None:
    found = compared(
        registry,
        site_feature("a1111111"),
        site_feature("a2222222", type="church"),
        site_feature("a3333333", community="armenian"),
        scope={"types": ["mosque"], "communities": ["azerbaijani"]},
    )
    assert found.sites == ("a1111111",)
    assert found.filters == {"type": ("mosque",), "community": ("azerbaijani",)}
    assert found.left_open == ("places", "period")
    assert found.not_in_filters == ()


def test_a_community_that_a_source_denies_is_not_compared(registry: Path) -> None:
    denied = [{"community": "armenian", "stance": "denies", "citations": [{"source": "survey-2021"}]}]
    found = compared(
        registry, site_feature("a1111111", attributions=denied), scope={"communities": ["armenian"]}
    )
    assert found.sites == ()


def test_a_place_is_found_in_every_spelling_and_with_the_word_for_its_unit(registry: Path) -> None:
    found = compared(
        registry,
        in_places("a1111111", district("Ağdam")),
        in_places("a2222222", district("Agdam Rayon")),
        site_feature("a3333333", places=[("Աղդամ", "hy")]),
        in_places("a4444444", district("Shusha district")),
        scope={"places": ["Aghdam"]},
    )
    assert found.sites == ("a1111111", "a2222222", "a3333333")
    assert found.filters == {"sites": found.sites}
    assert found.not_in_filters == ()


def test_a_village_of_the_same_name_in_another_district_is_not_in_the_district(registry: Path) -> None:
    village = {**district("Aghdam"), "level": "settlement"}
    found = compared(
        registry,
        in_places("a1111111", district("Aghdam District")),
        in_places("a2222222", village, district("Khojavend")),
        scope={"places": ["Aghdam"]},
    )
    assert found.sites == ("a1111111",)


def test_a_village_is_found_although_its_district_is_recorded(registry: Path) -> None:
    village = {**district("Talish"), "level": "settlement"}
    found = compared(
        registry,
        in_places("a1111111", village, district("Tartar")),
        scope={"places": ["Talish"]},
    )
    assert found.sites == ("a1111111",)


def test_a_place_that_no_record_names_is_told_and_matches_nothing(registry: Path) -> None:
    irevan = site_feature("a1111111", places=[("Irevan", "az")])
    found = compared(registry, irevan, scope={"places": ["Irevan province"]})
    assert found.sites == ()
    assert found.places_not_found == ("Irevan province",)


AREA = """
[[areas]]
id = "plain"
names = ["The Plain", "Düzənlik"]
places = ["Aghdam", "Fuzuli"]
sources = ["survey-2021"]
note = { en = "For finding.", hy = "Գտնելու համար։", az = "Tapmaq üçün.", ru = "Только для поиска." }
"""


def test_an_area_stands_for_the_places_that_registry_toml_lists(registry: Path) -> None:
    path = registry / "registry.toml"
    path.write_text(path.read_text("utf-8") + AREA, "utf-8")
    found = compared(
        registry,
        in_places("a1111111", district("Füzuli")),
        in_places("a2222222", district("Shusha")),
        in_places("a3333333", district("The Plain", level="province")),
        scope={"places": ["Duzenlik", "the plain"]},
    )
    assert found.sites == ("a1111111", "a3333333")
    assert found.places_not_found == ()


def test_an_area_without_a_source_or_a_note_is_refused(registry: Path) -> None:
    path = registry / "registry.toml"
    text = path.read_text("utf-8")
    path.write_text(text + AREA.replace('sources = ["survey-2021"]\n', ""), "utf-8")
    with pytest.raises(NotARegistry, match=r"areas\.0\.sources"):
        read_config(registry)
    path.write_text(text + AREA.replace('ru = "Только для поиска."', 'de = "Nur zum Finden."'), "utf-8")
    with pytest.raises(NotARegistry, match=r"areas\.0\.note is not given in ru|not given in ru"):
        read_config(registry)


def test_one_name_cannot_stand_for_two_areas(registry: Path) -> None:
    path = registry / "registry.toml"
    twice = AREA + AREA.replace('id = "plain"', 'id = "other"')
    path.write_text(path.read_text("utf-8") + twice, "utf-8")
    with pytest.raises(NotARegistry, match="'The Plain' is listed twice"):
        read_config(registry)


def test_every_site_is_in_exactly_one_group(registry: Path) -> None:
    found = compared(
        registry,
        site_feature("a1111111", reports=[report()]),
        site_feature("a2222222", reports=[report(condition="severe_damage")]),
        site_feature("a3333333", reports=[report(condition="no_visible_damage", observed="2021-05-01")]),
        site_feature("a4444444", reports=[report(observed=None)]),
        site_feature("a5555555", reports=[report(part="The north minaret")]),
        site_feature("a6666666", reports=[report(condition="not_stated")]),
        site_feature("a7777777"),
        site_feature("a8888888", reports=[report(), report(2, "damaged")]),
        scope={},
    )
    assert groups(found) == {
        "destroyed": ("a1111111",),
        "severe_damage": ("a2222222",),
        "no_visible_damage": ("a3333333",),
        "disagree": ("a8888888",),
        "undated": ("a4444444",),
        "in_part": ("a5555555",),
        "none": ("a6666666", "a7777777"),
    }
    assert (found.latest.destroyed, found.latest.damaged, found.latest.undamaged) == (1, 1, 1)
    assert tuple(found.latest.groups) == GROUPS
    assert found.at_claim is None


def test_only_reports_that_a_state_rests_on_are_counted_as_evidence(registry: Path) -> None:
    write(registry, "source", source("eyewitness", affiliation="media", party="armenia"))
    other: Json = {
        "citations": [{"source": "eyewitness"}],
        "evidence": {"type": "testimony"},
    }
    found = compared(
        registry,
        site_feature("a1111111", reports=[report(observed="2021"), report(2, observed="2015", **other)]),
        site_feature("a2222222", reports=[report(observed="2021")]),
        scope={},
    )
    assert found.latest.reports == 2
    assert found.latest.evidence == {"satellite_imagery": 2}
    assert [(x.source, x.sites) for x in found.latest.origins] == [("survey-2021", 2)]
    assert found.single_source == 1


def test_what_was_seen_after_the_claim_was_made_does_not_count_for_the_time_of_the_claim(
    registry: Path,
) -> None:
    later = report(2, "destroyed", observed="2023-05")
    found = compared(
        registry,
        site_feature("a1111111", reports=[report(1, "damaged", observed="2020"), later]),
        site_feature("a2222222", reports=[later]),
        scope={},
        date="2021",
    )
    assert groups(found) == {"destroyed": ("a1111111", "a2222222")}
    assert found.at_claim is not None
    assert found.at_claim.groups["damaged"] == ("a1111111",)
    assert found.at_claim.groups["seen_at_other_times"] == ("a2222222",)


def test_what_was_seen_before_the_period_of_the_claim_does_not_count_for_it(registry: Path) -> None:
    found = compared(
        registry,
        site_feature("a1111111", reports=[report(observed="1992")]),
        site_feature("a2222222", reports=[report(observed="1990/2009-08-13")]),
        scope={"period": "1994/2020"},
    )
    assert found.at_claim is not None
    assert found.at_claim.window == Window(date(1994, 1, 1), date(2020, 12, 31))
    assert found.at_claim.groups["seen_at_other_times"] == ("a1111111",)
    assert found.at_claim.groups["destroyed"] == ("a2222222",)


@pytest.mark.parametrize(
    ("period", "made", "expected"),
    [
        (None, None, None),
        (None, "2021-06", Window(None, date(2021, 6, 30))),
        ("1997/2011", "2022", Window(date(1997, 1, 1), date(2011, 12, 31))),
        ("2020-11-09/..", "2022-03-10", Window(date(2020, 11, 9), date(2022, 3, 10))),
        ("2020/2030", "2022", Window(date(2020, 1, 1), date(2022, 12, 31))),
        ("192X/..", None, Window(date(1920, 1, 1), None)),
        ("2023", "2021", Window(date(2023, 1, 1), date(2023, 12, 31))),
    ],
)
def test_the_time_of_a_claim_ends_with_its_period_or_its_date(
    registry: Path, period: str | None, made: str | None, expected: Window | None
) -> None:
    fields: Json = {"scope": {"period": period} if period else {}} | ({"date": made} if made else {})
    write(registry, "claim", claim(**fields))
    assert window_of(read_registry(registry).claims["c1a1m000"]) == expected


def test_damage_seen_at_some_time_from_a_year_on_counts_for_no_claim_with_a_date(registry: Path) -> None:
    some_time = report(observed="1992/..")
    found = compared(registry, site_feature("a1111111", reports=[some_time]), scope={}, date="2021")
    assert groups(found) == {"destroyed": ("a1111111",)}
    assert found.at_claim is not None
    assert found.at_claim.groups["seen_at_other_times"] == ("a1111111",)


def test_reports_of_an_encyclopedia_alone_have_no_origin(registry: Path) -> None:
    write(registry, "source", source("wiki", kind="encyclopedia", affiliation="encyclopedia"))
    told = report(citations=[{"source": "wiki"}])
    found = compared(registry, site_feature("a1111111", reports=[told]), scope={})
    assert (found.single_source, found.without_origin, found.latest.origins) == (0, 1, ())


def test_claims_that_contradict_are_found_from_both_sides(registry: Path) -> None:
    link = {"relation": "contradicts", "claim": "c1a1m000", "reason": "Ten here, none there."}
    write(registry, "claim", claim("c2222222", relations=[link]))
    later = {"relation": "supersedes", "claim": "c1a1m000"}
    write(registry, "claim", claim("c3333333", relations=[later]))
    found = compared(registry, relations=[{"relation": "contradicts", "claim": "c2222222"}])
    assert found.relations == (
        Link("contradicts", "c2222222", True, None),
        Link("supersedes", "c3333333", False, None),
    )
    assert comparisons(read_registry(registry))["c2222222"].relations == (
        Link("contradicts", "c1a1m000", True, "Ten here, none there."),
    )


def test_drafts_are_neither_compared_nor_linked(registry: Path) -> None:
    draft = site_feature("a1111111", status="draft", status_reason="No source was read.")
    link = {"relation": "contradicts", "claim": "c1a1m000"}
    hidden = claim("c2222222", status="draft", status_reason="No source was read.", relations=[link])
    write(registry, "claim", hidden)
    found = compared(registry, draft, site_feature("a2222222", names=[named("Other")]), scope={})
    assert found.sites == ("a2222222",)
    assert found.relations == ()


# The rest reads the record files themselves, with no code of the package, and must come to the same figures.


@pytest.fixture(scope="module")
def real() -> Registry:
    return read_registry(REAL)


@pytest.fixture(scope="module")
def found(real: Registry) -> dict[str, Comparison]:
    return comparisons(real)


def load(folder: str) -> dict[str, Json]:
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted((REAL / folder).glob("*.*json"))
    }


SITES, SOURCES, CLAIMS = load("records"), load("sources"), load("claims")
PUBLIC_SITES = {key: site for key, site in SITES.items() if site["properties"]["status"] == "published"}
PUBLIC_CLAIMS = {key: one for key, one in CLAIMS.items() if one["status"] == "published"}
AREAS = {
    name: area["places"]
    for area in tomllib.loads((REAL / "registry.toml").read_text("utf-8"))["areas"]
    for name in area["names"]
}

# How records print the places that claims name.
SPELLINGS = {
    "Aghdam": "A(gh|ğ|g)dam",
    "Fuzuli": "F[uü]zuli",
    "Gubadli": "[GQ]ubadl[ıi]",
    "Jabrayil": "[JC][aə]bray[ıi]l",
    "Julfa": "[JC]ulfa",
    "Kalbajar": "K[aeə]lb[aə][jc][aə]r",
    "Khojaly": "(Kh|X)o[jc]al[ıiy]",
    "Khojavend": "(Kh|X)o[jc]av(and|end|ənd)",
    "Lachin": "La(ch|ç)[ıi]n",
    "Nakhchivan": "Na(kh|x)(ch|ç)[ıi]van",
    "Shusha": "(Sh|Ş)u(sh|ş)a|Шуша",
    "Zangilan": "Z[aə]ngilan",
    "Babək": "Bab[əe]k",
    "Bakı": "Bak[ıu]",
    "Kəngərli": "K[əa]ng[əa]rli",
    "Qəbələ": "[QG][əa]b[əa]l[əa]",
    "Qax": "[QG]a(x|kh)",
    "Tərtər": "T[əa]rt[əa]r",
    "Şahbuz": "(Ş|Sh)ahbuz",
}
SAME = {
    "Ağdam": "Aghdam", "Cəbrayıl": "Jabrayil", "Culfa": "Julfa", "Füzuli": "Fuzuli", "Kəlbəcər": "Kalbajar",
    "Laçın": "Lachin", "Naxçıvan": "Nakhchivan", "Qubadlı": "Gubadli", "Şuşa": "Shusha", "Xocalı": "Khojaly",
    "Xocavənd": "Khojavend", "Zəngilan": "Zangilan",
}  # fmt: skip
UNIT = r"( (district|region|rayon|rayonu|province|county|autonomous republic))?( \(.*\))?"


def printed(place: str) -> str:
    return SPELLINGS.get(SAME.get(place, place), re.escape(place))


def lies_in(properties: Json, place: str) -> bool:
    wanted = "|".join(f"({printed(name)})" for name in [place, *AREAS.get(place, [])])
    units, local, placed = [], [], False
    for one in properties.get("places", []):
        names = [name["text"] for name in one["names"]]
        if one["level"] in ("district", "province", "state"):
            units += names
            placed |= one["level"] != "state"
        else:
            local += names
    return any(re.fullmatch(f"({wanted}){UNIT}", name, re.IGNORECASE) for name in units) or (
        not placed and any(re.fullmatch(wanted, name, re.IGNORECASE) for name in local)
    )


def query_scope(scope: Json) -> list[str]:
    return [
        key
        for key, site in PUBLIC_SITES.items()
        if _fits(scope.get("types"), [part["type"] for part in site["properties"]["types"]])
        and _fits(
            scope.get("communities"),
            [
                part["community"]
                for part in site["properties"].get("attributions", [])
                if part["stance"] == "asserts"
            ],
        )
        and (not scope.get("places") or any(lies_in(site["properties"], name) for name in scope["places"]))
    ]


def _fits(wanted: list[str] | None, has: list[str]) -> bool:
    return not wanted or any(value in wanted for value in has)


def days(text: str) -> tuple[str, str]:
    """Return the first and the last day of one date, as ISO text."""
    text = re.sub("[?~%]", "", text)
    if "X" in text:
        return f"{text.replace('X', '0')}-01-01", f"{text.replace('X', '9')}-12-31"
    year, *rest = text.split("-")
    if len(rest) == 2:
        return text, text
    if not rest:
        return f"{year}-01-01", f"{year}-12-31"
    month = int(rest[0])
    # Seasons and quarters are three months long; 21 is spring, 33 the first quarter.
    first = month if month <= 12 else month * 3 - 60 if month < 30 else month * 3 - 98
    last = first if month <= 12 else first + 2
    end_year, end_month = (int(year), last) if last <= 12 else (int(year) + 1, last - 12)
    length = calendar.monthrange(end_year, end_month)[1]
    return f"{year}-{first:02}-01", f"{end_year}-{end_month:02}-{length:02}"


def day_seen(one: Json) -> tuple[str, bool] | None:
    """Return the day by which the state of a report had been seen, and whether it had been for certain."""
    start, slash, end = one.get("observed", "").partition("/")
    closed = end not in ("", "..")
    known = start not in ("", "..")
    if one["condition"] == "no_visible_damage":
        if closed:
            return days(end)[0], True
        return (days(start)[0], True) if known else None
    if closed or (known and not slash):
        return days(end if closed else start)[1], True
    if "published" in one:
        published = days(one["published"].rpartition("/")[2])[1]
        if not known or published >= days(start)[0]:
            return published, True
    return (days(start)[1], False) if known else None


NO_GRADE = ("indeterminate", "not_stated")


def query_group(properties: Json, start: str, end: str) -> tuple[str, list[Json]]:
    """Return the group of a site and the reports it rests on."""
    graded = [
        one
        for one in properties.get("reports", [])
        if one["condition"] not in NO_GRADE and "superseded_by" not in one
    ]
    seen = [(day, one) for one in graded if "part" not in one and (day := day_seen(one)) is not None]
    within = [
        (day, one) for (day, sure), one in seen if start <= day <= end and (sure or end == "9999-12-31")
    ]
    if within:
        last = max(day for day, _ in within)
        basis = [one for day, one in within if day == last]
        grades = {one["condition"] for one in basis}
        if query_works(properties, basis, end):
            return "works_since", basis
        return (grades.pop() if len(grades) == 1 else "disagree"), basis
    if seen:
        return "seen_at_other_times", []
    if not graded:
        return "none", []
    return ("in_part" if all("part" in one for one in graded) else "undated"), []


REPAIRS = {"renovated", "restored", "reconstructed", "rebuilt"}


def query_works(properties: Json, basis: list[Json], end: str) -> bool:
    """Tell whether a repair is told to begin after the last day on which the basis can have been seen."""
    last = [last_day(one) for one in basis]
    if not all(last):
        return False
    told = [x["date"] for x in properties.get("history", []) if x["event"] in REPAIRS and "date" in x]
    told += [
        one["observed"]
        for one in properties.get("reports", [])
        if "observed" in one and REPAIRS & set(one.get("interventions", []))
    ]
    begins = [text.partition("/")[0] for text in told]
    first = [days(text)[0] for text in begins if text not in ("", "..")]
    return any(max(last) < day <= end for day in first)


def last_day(one: Json) -> str:
    """Return the last day on which the state of a report can have been seen; nothing where it is open."""
    if one["condition"] != "no_visible_damage":
        seen = day_seen(one)
        return seen[0] if seen else ""
    end = one.get("observed", "").rpartition("/")[2]
    return days(end)[1] if end not in ("", "..") else ""


def query_origins(key: str) -> set[str]:
    parents = SOURCES[key].get("derives_from", [])
    if parents:
        return {origin for parent in parents for origin in query_origins(parent)}
    return set() if SOURCES[key]["kind"] == "encyclopedia" else {key}


def origins_of(reports: list[Json]) -> set[str]:
    cited = {citation["source"] for one in reports for citation in one["citations"]}
    return {origin for key in cited for origin in query_origins(key)}


def query_tally(ids: list[str], start: str, end: str) -> Json:
    groups: dict[str, list[str]] = {}
    evidence: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    for key in ids:
        group, basis = query_group(PUBLIC_SITES[key]["properties"], start, end)
        groups.setdefault(group, []).append(key)
        evidence.update(one["evidence"]["type"] for one in basis)
        origins.update(origins_of(basis))
    return {"groups": groups, "evidence": dict(evidence), "origins": dict(origins)}


def query_window(one: Json) -> tuple[str, str] | None:
    start, slash, end = one["scope"].get("period", "/").partition("/")
    end = end if slash else start
    first = days(start)[0] if start not in ("", "..") else ""
    last = days(end)[1] if end not in ("", "..") else ""
    made = days(one["date"].rpartition("/")[2])[1] if "date" in one else ""
    if made and first <= made:
        last = min(made, last or made)
    return (first or "0001", last or "9999-12-31") if first or last else None


def told(tally: Any) -> Json:
    return {
        "groups": {group: list(ids) for group, ids in tally.groups.items() if ids},
        "evidence": dict(tally.evidence),
        "origins": {origin.source: origin.sites for origin in tally.origins},
    }


@pytest.mark.parametrize("key", PUBLIC_CLAIMS)
def test_the_comparison_of_every_claim_is_reproduced_from_the_record_files_alone(
    key: str, found: dict[str, Comparison]
) -> None:
    one, comparison = PUBLIC_CLAIMS[key], found[key]
    ids = query_scope(one["scope"])
    assert list(comparison.sites) == ids
    assert told(comparison.latest) == query_tally(ids, "0001", "9999-12-31")
    window = query_window(one)
    assert (told(comparison.at_claim) if comparison.at_claim else None) == (
        query_tally(ids, *window) if window else None
    )
    sites = [PUBLIC_SITES[key] for key in ids]
    assert comparison.located == sum(site["geometry"] is not None for site in sites)
    assert comparison.located_exactly == sum(
        any(
            x["of"] == "monument" and x["standing"] == "preferred" and "geometry" in x
            for x in site["properties"].get("locations", [])
        )
        for site in sites
    )
    assert comparison.single_source == sum(
        len(origins_of(site["properties"].get("reports", []))) == 1 for site in sites
    )
    assert comparison.without_origin == sum(
        bool(reports) and not origins_of(reports)
        for reports in (site["properties"].get("reports", []) for site in sites)
    )
    linked = {(x["relation"], x["claim"]) for x in one.get("relations", []) if x["claim"] in PUBLIC_CLAIMS}
    linked |= {
        (x["relation"], other)
        for other, record in PUBLIC_CLAIMS.items()
        for x in record.get("relations", [])
        if x["claim"] == key
    }
    assert {(link.relation, link.claim) for link in comparison.relations} == linked


def test_every_claim_that_names_a_place_says_so_in_its_scope() -> None:
    places = "Nakhchivan|Shusha|Aghdam|Karabakh|Lachin|Kalbajar|Artsakh|Julfa|in Armenia"
    silent = {
        key
        for key, one in CLAIMS.items()
        if re.search(places, one["statement"]["en"]) and not one["scope"].get("places")
    }
    # Names two mosques of a count whose area it does not state.
    assert silent == {"eg6ndk53"}


def test_areas_rest_on_sources_of_the_registry_and_name_places_that_records_name(real: Registry) -> None:
    names = " | ".join(
        name["text"]
        for site in PUBLIC_SITES.values()
        for place in site["properties"].get("places", [])
        for name in place["names"]
    )
    for area in real.config.areas:
        assert set(area.sources) <= set(real.sources)
        assert [place for place in area.places if not re.search(printed(place), names)] == []


def test_a_comparison_can_be_written_as_json(found: dict[str, Comparison]) -> None:
    assert all(json.loads(msgspec.json.encode(one))["claim"] == key for key, one in found.items())
