"""The page of one site: everything said of it, by whom, and what is derived from that."""

from __future__ import annotations

from datetime import date
from typing import Any

from heritage_registry.assessment import Assessment
from heritage_registry.citation import cite_site, csl_json
from heritage_registry.dates import bounds
from heritage_registry.maps.page import inert_json
from heritage_registry.pages.environment import Book, inert_script
from heritage_registry.pages.locator import marks
from heritage_registry.pages.words import Words
from heritage_registry.parts import Geometry, LineString, Point, Polygon
from heritage_registry.place_names import place_line, place_names
from heritage_registry.site import (
    Attribution,
    Event,
    Name,
    PlaceName,
    Report,
    Site,
    asserted_communities,
    site_types,
)


def site_page(book: Book, site: Site) -> str:
    """Return the page of a site of the public view."""
    edition, words, properties = book.edition, book.words, site.properties
    derived = edition.assessments[site.id]
    first, names = book.names[site.id], ordered_names(site, words)
    digest = edition.digests[site.id]
    return book.page(
        "site.html",
        f"sites/{site.id}.html",
        site=site,
        name=first,
        names=names,
        other_names=_other_names(first, names),
        types=site_types(site),
        communities=communities(site, words),
        place_names=places(site, words),
        attributions=_ordered_attributions(site, words),
        reports=sorted(properties.reports, key=_observed_order),
        history=sorted(properties.history, key=_event_order),
        derived=derived,
        state_reports=tuple(dict.fromkeys(report for span in derived.states for report in span.reports)),
        links=edition.links.get(site.id, ()),
        marks=marks(properties.locations, edition.locator.bounds),
        position=_position,
        distance=lambda metres: distance(metres, words),
        digest=digest,
        reference=cite_site(site, digest, edition.config, words.language, edition.base_url),
        csl_json=csl_json,
        description=_description(book, site, derived),
        linked_data=inert_script(inert_json(_linked_data(book, site))),
    )


def ordered_names(site: Site, words: Words) -> list[Name]:
    """Return names in the reader's language first, then the others by the word for their language."""

    def order(name: Name) -> tuple[int, str]:
        base = name.language.partition("-")[0]
        if name.language == words.language:
            return 0, ""
        return (1 if base == words.language else 2), words.language_name(name.language).casefold()

    return sorted(site.properties.names, key=order)


def _other_names(first: Name, names: list[Name]) -> list[Name]:
    """Return one name of each spelling other than the one that heads the page."""
    by_spelling = {name.text: name for name in reversed(names) if name.text != first.text}
    return list(reversed(by_spelling.values()))


def communities(site: Site, words: Words) -> list[str]:
    """Return the communities that somebody connects a site with, in the reader's alphabet."""
    return sorted(map(words.community, asserted_communities(site)), key=str.casefold)


def places(site: Site, words: Words) -> list[PlaceName]:
    """Return one name of each place a site is said to lie in, in the reader's language where it is held."""
    found: dict[str, PlaceName] = {}
    for place in site.properties.places:
        name = min(place.names, key=lambda item: item.language.partition("-")[0] != words.language)
        found.setdefault(name.text.casefold(), name)
    return list(found.values())


def place_shown(book: Book, site: Site) -> tuple[tuple[str, str], ...]:
    """Return what stands for the place of a site in a list: text and language, sometimes two."""
    names = place_names(site, book.edition.gazetteer)
    return place_line(names, book.words.language) if names else ()


def _ordered_attributions(site: Site, words: Words) -> list[Attribution]:
    """Statements on one community stand together, whoever makes them."""
    return sorted(
        site.properties.attributions,
        key=lambda item: (words.community(item.community).casefold(), item.stance),
    )


def _observed_order(report: Report) -> tuple[date, int]:
    """When the state had been seen for certain; what nobody dated comes last."""
    return _day(report.observed), int(report.id[1:])


def _event_order(event: Event) -> date:
    return _day(event.date)


def _day(edtf: str | None) -> date:
    if edtf is None:
        return date.max
    earliest, latest = bounds(edtf)
    return latest or earliest or date.max


def distance(metres: int, words: Words) -> str:
    """Write a distance in the unit that reads best."""
    if metres < 1000:
        return words.say("distance.m", number=words.number(metres))
    kilometres = metres / 1000
    shown = words.number(int(kilometres)) if kilometres == int(kilometres) else words.number(kilometres)
    return words.say("distance.km", number=shown)


def _position(geometry: Geometry) -> str:
    """Write where a shape lies: latitude first, as people read it."""
    match geometry:
        case Point():
            return _degrees(*geometry.coordinates)
        case LineString():
            return " – ".join(_degrees(*end) for end in (geometry.coordinates[0], geometry.coordinates[-1]))
        case Polygon():
            longitudes, latitudes = zip(*geometry.coordinates[0], strict=True)
            south_west = _degrees(min(longitudes), min(latitudes))
            return f"{south_west} – {_degrees(max(longitudes), max(latitudes))}"


def _degrees(longitude: float, latitude: float) -> str:
    north_or_south, east_or_west = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude)}° {north_or_south}, {abs(longitude)}° {east_or_west}"


def _description(book: Book, site: Site, derived: Assessment) -> str:
    """One neutral line for search engines and link previews."""
    words = book.words
    kinds = words.labels("site_type", site_types(site))
    where = " / ".join(text for text, _ in place_shown(book, site))
    figures = words.say(
        "site.description",
        reports=words.number(len(site.properties.reports)),
        lines=words.number(len(derived.lines)),
    )
    return ". ".join(part for part in (kinds, where, figures) if part)


def _linked_data(book: Book, site: Site) -> dict[str, Any]:
    """Return the site as schema.org has it: names, position and the licence, and no owner or state."""
    first = book.names[site.id]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LandmarksOrHistoricalBuildings",
        "name": _in_language(first),
        "alternateName": [_in_language(name) for name in site.properties.names if name is not first],
        "identifier": site.id,
    }
    if isinstance(site.geometry, Point):
        longitude, latitude = site.geometry.coordinates
        data["geo"] = {"@type": "GeoCoordinates", "longitude": longitude, "latitude": latitude}
    address = book.address(f"sites/{site.id}.html")
    if address:
        data["url"] = address
    data["subjectOf"] = {
        "@type": "WebPage",
        "inLanguage": book.words.language,
        "license": book.edition.config.licence,
        "version": f"sha256:{book.edition.digests[site.id]}",
    }
    return data


def _in_language(name: Name) -> dict[str, str]:
    return {"@value": name.text, "@language": name.language}
