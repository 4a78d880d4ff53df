"""A point as people write it: degrees in any notation, UTM, MGRS, or the address of a map.

Without letters the latitude comes first, but in brackets and in WKT the longitude (RFC 7946). Nothing is
repaired: `doubts` says what looks wrong, and somebody answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import cos, hypot, radians
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from heritage_registry.grid_references import PointFault, read_mgrs, read_utm
from heritage_registry.phrase_words import fold

BBox = tuple[float, float, float, float]

METRES_PER_DEGREE = 111_320.0
_EXAMPLES = (
    "39.7581, 46.7512 (latitude first), 39°45′29″N 46°45′04″E, 38S 500000 4400000, 38SNJ0000000000 "
    "or the address of a map with its point"
)


class InvalidCoordinates(ValueError):  # noqa: N818 - the name a caller reads in an except line
    """A text that names no point; the message says what is wrong with it and what to write."""


class Coordinates(msgspec.Struct, frozen=True):
    """A point on WGS 84.

    `precision_m` is one unit of the last figure written, on the ground: the point meant lies within it.
    `form` is degrees, minutes or seconds (the smallest unit written), utm, mgrs, link (a marked point) or
    view (the middle of the map somebody looked at).
    """

    longitude: float
    latitude: float
    precision_m: float
    form: str


class Doubt(msgspec.Struct, frozen=True):
    """A question about a point: swapped, hemisphere, far, coarse or view; `instead` is what may be meant.

    `metres` are those that a far point lies outside of the region, or that a coarse one leaves open.
    """

    kind: str
    message: str
    instead: Coordinates | None = None
    metres: float | None = None


def read_coordinates(text: str) -> Coordinates:
    """Read a point in any usual form. Raises InvalidCoordinates."""
    plain = " ".join(text.split())
    if not plain:
        raise _invalid(text, "it is empty", _EXAMPLES)
    try:
        if re.match(r"(?:https?://|geo:|www\.)", plain, re.IGNORECASE):
            return _in_address(plain)
        return _on_grid(plain) or _degrees_twice(plain)
    except PointFault as fault:
        raise _invalid(text, fault.why, fault.write or _EXAMPLES) from None


def _on_grid(text: str) -> Coordinates | None:
    bare = re.sub(r"^(?:(?:utm|mgrs|zone)\b[: ]*)+", "", text, flags=re.IGNORECASE).upper()
    for form, read in (("mgrs", read_mgrs), ("utm", read_utm)):
        if point := read(bare):
            return Coordinates(*point, form)
    return None


def doubts(
    coordinates: Coordinates, bbox: BBox, *, of: str = "", uncertainty_m: float | None = None
) -> list[Doubt]:
    """Ask about a point that lies outside a region (west, south, east, north), or is known only roughly.

    What was said of the point already is not asked: `of`, what it shows (a settlement's point is rough), and
    `uncertainty_m`, unless the figures of the point leave more open than that.
    """
    found = list(_misplaced(coordinates, bbox))
    is_rough = of in ("settlement", "area")
    # Rounded figures are off by half a unit of the last one at the most.
    is_answered = is_rough or (uncertainty_m or 0) >= coordinates.precision_m / 2
    if coordinates.precision_m >= 1000 and not is_answered:
        written = {"minutes": "whole minutes", "degrees": "few decimals"}.get(coordinates.form, "few figures")
        said = f"{written} leave about {coordinates.precision_m / 1000:.1f} km open"
        asked = f"{said}: is a finer point known, or is it the settlement's?"
        found.append(Doubt("coarse", asked, metres=coordinates.precision_m))
    if coordinates.form == "view" and not is_rough and uncertainty_m is None:
        said = "the address tells where the map was looked at, and marks no point: is this the place itself?"
        found.append(Doubt("view", said))
    return found


def _misplaced(point: Coordinates, bbox: BBox) -> Iterator[Doubt]:
    x, y = point.longitude, point.latitude
    if _is_inside(x, y, bbox):
        return
    readings = (
        ("swapped", "latitude and longitude may be swapped", y, x),
        ("hemisphere", "W may stand for E, or a minus may be too much", -x, y),
        ("hemisphere", "S may stand for N, or a minus may be too much", x, -y),
        ("hemisphere", "both hemispheres may be wrong", -x, -y),
    )
    for kind, why, other_x, other_y in readings:
        if _is_inside(other_x, other_y, bbox):
            instead = msgspec.structs.replace(point, longitude=other_x, latitude=other_y)
            said = f"{_shown(x, y)} lies outside the region, and {why}: is {_shown(other_x, other_y)} meant?"
            yield Doubt(kind, said, instead)
            return
    west, south, east, north = bbox
    near_x, near_y = min(max(x, west), east), min(max(y, south), north)
    away = METRES_PER_DEGREE * hypot((x - near_x) * cos(radians(near_y)), y - near_y)
    said = f"{_shown(x, y)} lies about {away / 1000:.0f} km outside the region: is every figure right?"
    yield Doubt("far", said, metres=away)


def _is_inside(x: float, y: float, bbox: BBox) -> bool:
    return bbox[0] <= x <= bbox[2] and bbox[1] <= y <= bbox[3]


def _shown(x: float, y: float) -> str:
    return f"{abs(y):g}°{'N' if y >= 0 else 'S'} {abs(x):g}°{'E' if x >= 0 else 'W'}"


def _invalid(text: str, why: str, write: str) -> InvalidCoordinates:
    return InvalidCoordinates(f"{text!r} is not a point: {why}: write {write}")


# Degrees. Words become the letters N S E W, and A (latitude), O (longitude) where no hemisphere is told.

_WORDS = (
    ("N", "north|nord|n|с. ш.|сш|с|северной широты|ş. e.|şm. e.|şm. en.|şimal|şimal enliyi"),
    ("N", "հս.|հս. լ.|հյուս. լայն.|հյուսիսային լայնության|հյուսիսային լայնություն"),
    ("S", "south|s|ю. ш.|юш|ю|южной широты|c. e.|cənub|cənub enliyi"),
    ("S", "հվ.|հվ. լ.|հրվ. լ.|հարավային լայնության|հարավային լայնություն"),
    ("E", "east|est|ost|e|в. д.|вд|в|восточной долготы|ş. u.|şq. u.|şərq|şərq uzunluğu"),
    ("E", "ավ.|ավ. ե.|արլ. ե.|արլ. երկ.|արևելյան երկայնության|արևելյան երկայնություն"),
    ("W", "west|w|з. д.|зд|з|западной долготы|q. u.|qərb|qərb uzunluğu"),
    ("W", "ամ.|ամ. ե.|արմ. ե.|արմ. երկ.|արևմտյան երկայնության|արևմտյան երկայնություն"),
    ("A", "latitude|lat.|широта|լայնություն|enlik|en dairəsi"),
    ("O", "longitude|long.|lon.|lng|долгота|երկայնություն|uzunluq|uzunluq dairəsi"),
    ("", "geographic coordinates|coordinates|coordinate|coords|координаты|կոորդինատներ|koordinatlar"),
    ("", "and|и|և|və"),
)
_MARKS = str.maketrans(dict.fromkeys("º˚", "°") | dict.fromkeys("’‘´`ʼʹ′", "'") | dict.fromkeys("“”„ʺ″", '"'))


def _word_pattern(words: str) -> str:
    folded = sorted(map(fold, words.split("|")), key=len, reverse=True)
    escaped = (re.escape(word).replace(r"\.", r"\.?").replace(r"\ ", r"\s*") for word in folded)
    return rf"(?<![^\W\d_])(?:{'|'.join(escaped)})(?![^\W\d_])"


_LETTERS = sorted(
    ((letter, word) for letter, words in _WORDS for word in words.split("|")), key=lambda pair: -len(pair[1])
)
_LETTER_PATTERNS = [(re.compile(_word_pattern(word)), letter) for letter, word in _LETTERS]
_DMS_LETTERS = re.compile(
    r"(\d)\s*(?:deg|d)\.?\s*(?:(\d+(?:[.,]\d+)?)\s*(?:min|m)\.?\s*(?:(\d+(?:[.,]\d+)?)\s*(?:sec|s)\.?)?)?"
)
_PIECE = r"\s*([-+]?{number}|[°'\"NSEWAO,;/|])"


class _Angle(msgspec.Struct):
    numbers: list[str]
    marks: list[str]
    letter: str = ""


def _degrees_twice(text: str) -> Coordinates:
    """Read degrees; where a page prints the same point twice ('39°31′35″N … / 39.526°N …'), the finer one."""
    sides = [side for side in re.split(r"\s/\s", text) if side.strip()]
    if len(sides) == 2 and all(len(re.findall(r"\d+(?:[.,]\d+)?", side)) >= 2 for side in sides):
        first, second = map(_degrees, sides)
        apart = METRES_PER_DEGREE * hypot(
            (first.longitude - second.longitude) * cos(radians(first.latitude)),
            first.latitude - second.latitude,
        )
        if apart > first.precision_m + second.precision_m:
            raise PointFault(f"it names two points {apart:.0f} m apart", "one of them")
        return min(first, second, key=lambda point: point.precision_m)
    return _degrees(text)


def _degrees(text: str) -> Coordinates:
    is_longitude_first = bool(re.match(r"\[.*\]$|POINT\s*\(.*\)$", text.strip(), re.IGNORECASE))
    bare = re.sub(r"^\s*POINT\b|[\[\]()]", " ", text, flags=re.IGNORECASE)
    plain = fold(bare.translate(_MARKS)).replace("–", "-")
    plain = re.sub(r"''|'\s+'", '"', plain)
    plain = _DMS_LETTERS.sub(
        lambda m: f"{m[1]}°" + (f"{m[2]}'" if m[2] else "") + (f'{m[3]}"' if m[3] else ""), plain
    )
    for pattern, letter in _LETTER_PATTERNS:
        plain = pattern.sub(f" {letter} ", plain)
    plain = re.sub(r"[.:](?!\d)", " ", plain)
    if re.search("[NSEW]", plain):  # 39-45-29N: the hyphens join
        plain = re.sub(r"(?<=\d)[-:](?=\d)", " ", plain)
    faults: list[PointFault] = []
    for number in _number_patterns(plain):
        try:
            return _point(_angles(_pieces(plain, number)), is_longitude_first)
        except PointFault as fault:
            faults.append(fault)
    raise faults[0]


def _number_patterns(text: str) -> tuple[str, ...]:
    """Return how numbers may be read, the likelier way first: a comma is a decimal sign or a separator."""
    dotted, comma = r"\d+(?:\.\d+)?", r"\d+(?:[.,]\d+)?"
    commas = len(re.findall(r"\d,\d", text))
    is_decimal = commas >= 2 or bool(re.search(r"\d,\d+\s*[°'\"]", text))
    if "." in text and not is_decimal:
        return (dotted,)
    return (comma, dotted) if is_decimal else (dotted, comma)


def _pieces(text: str, number: str) -> list[str]:
    pieces, at = [], 0
    pattern = re.compile(_PIECE.replace("{number}", number))
    text = text.rstrip()
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            word = re.match(r"\s*(\w+|.)", text[at:])
            raise PointFault(f"{word[1] if word else text[at:]!r} is no part of coordinates")
        pieces.append(match[1])
        at = match.end()
    return [piece for piece in pieces if piece not in ",;/|"]


def _angles(pieces: list[str]) -> list[_Angle]:
    """Split what was written into two angles: at letters, at degree signs, or in the middle."""
    if set(pieces) & set("NSEW"):  # 'latitude 39.75 N': the hemisphere says it all
        pieces = [piece for piece in pieces if piece not in ("A", "O")]
    is_led = bool(pieces) and pieces[0].isalpha()
    has_letters = any(piece.isalpha() for piece in pieces)
    numbers = [n for n, piece in enumerate(pieces) if not piece.isalpha() and piece not in "°'\""]
    starts = {n for n in numbers if pieces[n + 1 : n + 2] == ["°"]}
    if not has_letters and not starts:
        if len(numbers) not in (2, 4, 6):
            raise PointFault(f"it has {len(numbers)} numbers, and a point has two")
        starts = {numbers[0], numbers[len(numbers) // 2]}
    angles: list[_Angle] = []
    is_open = False
    for n, piece in enumerate(pieces):
        begins = (piece.isalpha() and is_led) or (n in starts and not (is_led and has_letters))
        if begins or not is_open:
            angles.append(_Angle([], []))
            is_open = True
        angle = angles[-1]
        if piece.isalpha():
            angle.letter += piece
            is_open = is_led
        elif piece in "°'\"":
            if not angle.numbers:
                raise PointFault(f"{piece!r} has no number before it")
            angle.marks[-1] = piece
        else:
            angle.numbers.append(piece)
            angle.marks.append("")
    return angles


def _point(angles: list[_Angle], is_longitude_first: bool) -> Coordinates:
    if len(angles) != 2 or not all(angle.numbers for angle in angles):
        raise PointFault("it has to name a latitude and a longitude")
    letters = [angle.letter for angle in angles]
    axes = ["latitude" if x in ("N", "S", "A") else "longitude" if x else "" for x in letters]
    if len(set(axes)) == 1 and axes[0]:
        raise PointFault(f"both numbers are said to be a {axes[0]}", "one with N or S and one with E or W")
    if axes[0] == "longitude" or axes[1] == "latitude" or (not any(axes) and is_longitude_first):
        angles, letters = angles[::-1], letters[::-1]
    (latitude, lat_unit), (longitude, lon_unit) = (
        _angle(angle, letter, limit) for angle, letter, limit in zip(angles, letters, (90, 180), strict=True)
    )
    precision = METRES_PER_DEGREE * max(lat_unit, lon_unit * cos(radians(latitude)))
    depth = max(len(angle.numbers) for angle in angles)
    return Coordinates(longitude, latitude, precision, ("degrees", "minutes", "seconds")[depth - 1])


def _angle(angle: _Angle, letter: str, limit: int) -> tuple[float, float]:
    """Return the degrees of an angle, and the degrees that one unit of its last figure is."""
    axis = "latitude" if limit == 90 else "longitude"
    shown = " ".join(number + mark for number, mark in zip(angle.numbers, angle.marks, strict=True))
    expected = ["°", "'", '"'][: len(angle.numbers)]
    if len(angle.numbers) > 3 or any(m and m != e for m, e in zip(angle.marks, expected, strict=False)):
        raise PointFault(f"the {axis} {shown} is not in degrees, minutes and seconds")
    if len(letter) > 1 or letter not in ("", *"NSEWAO"):
        raise PointFault(f"the {axis} {shown} has the letters {letter}", "one of N, S, E, W with each number")
    values = [float(number.replace(",", ".")) for number in angle.numbers]
    if any(x != int(x) for x in values[:-1]):
        raise PointFault(f"the {axis} {shown} has decimals before its last part")
    if any(not 0 <= x < 60 for x in values[1:]):
        raise PointFault(f"the {axis} {shown} has minutes or seconds that are not from 0 to 59")
    is_negative = angle.numbers[0].startswith("-")
    if is_negative and letter in ("N", "S", "E", "W"):
        raise PointFault(f"the {axis} {shown} has both a minus and a letter", "the one or the other")
    degrees = sum(abs(x) / 60**n for n, x in enumerate(values))
    if degrees > limit:
        raise PointFault(f"the {axis} {shown} is over {limit}°")
    decimals = len(re.split("[.,]", angle.numbers[-1])[1]) if re.search("[.,]", angle.numbers[-1]) else 0
    unit = 1 / 60 ** (len(values) - 1) / 10**decimals
    return (-degrees if is_negative or letter in ("S", "W") else degrees), unit


# Addresses of maps.

_PAIR = r"([-+]?\d+(?:\.\d+)?)[,~_ +]+([-+]?\d+(?:\.\d+)?)"
#: Parameters with a point, by a part of the host: name, is the longitude first, is the point marked.
_PARAMETERS: dict[str, tuple[tuple[str, bool, bool], ...]] = {
    "yandex.": (("pt", True, True), ("whatshere[point]", True, True), ("ll", True, False)),
    "bing.": (("sp", False, True), ("cp", False, False)),
    "apple.": (("q", False, True), ("coordinate", False, True), ("ll", False, True)),
    "google.": (
        *((name, False, True) for name in ("q", "query", "destination", "daddr")),
        *((name, False, False) for name in ("ll", "center")),
    ),
}


def _in_address(text: str) -> Coordinates:
    try:
        address = urlsplit(text if "://" in text or text.lower().startswith("geo:") else f"https://{text}")
    except ValueError as error:  # such as a bracket that begins an IPv6 host and is not closed
        raise PointFault(
            "no page has such an address", "the two numbers, or copy the address again"
        ) from error
    if address.scheme == "geo":
        return _geo_uri(address.path)
    path, fragment = unquote(address.path), unquote(address.fragment)
    given = parse_qs(address.query) | parse_qs(address.fragment)
    values = {name: found[-1] for name, found in given.items()}
    if match := re.search(r"!3d([-\d.]+)!4d([-\d.]+)", path + "?" + unquote(address.query)):
        return _linked(match[1], match[2], "link")
    for part, parameters in _PARAMETERS.items():
        if part not in address.netloc:
            continue
        for name, is_longitude_first, is_marked in parameters:
            if match := re.fullmatch(rf"(?:loc:|point\.)?{_PAIR}(?:[_~,].*)?", values.get(name, "")):
                latitude, longitude = (match[2], match[1]) if is_longitude_first else (match[1], match[2])
                return _linked(latitude, longitude, "link" if is_marked else "view")
    if match := re.search(r"/(?:place|search)/([^/]+)", path):
        try:
            return msgspec.structs.replace(_degrees(match[1].replace("+", " ")), form="link")
        except PointFault:
            pass  # the name of a place; the address may hold its point elsewhere
    for latitude, longitude, form in (("mlat", "mlon", "link"), ("lat", "lon", "view")):
        if latitude in values and longitude in values:
            return _linked(values[latitude], values[longitude], form)
    view = re.search(rf"/@{_PAIR}", path) or re.search(r"map=[\d.]+/([-\d.]+)/([-\d.]+)", fragment)
    if view:
        return _linked(view[1], view[2], "view")
    why = "the address holds no point"
    raise PointFault(why, "the two numbers, or open it, mark the place and copy the long address")


def _geo_uri(path: str) -> Coordinates:
    place, *parameters = path.split(";")
    latitude, _, longitude = place.partition(",")
    point = _linked(latitude, longitude.split(",")[0], "link")
    stated = [parameter[2:] for parameter in parameters if re.fullmatch(r"u=\d+(?:\.\d+)?", parameter)]
    return msgspec.structs.replace(point, precision_m=float(stated[0])) if stated else point


def _linked(latitude: str, longitude: str, form: str) -> Coordinates:
    if not all(re.fullmatch(r"[-+]?\d+(?:\.\d+)?", number) for number in (latitude, longitude)):
        raise PointFault(f"{latitude}, {longitude} in the address are no numbers")
    angles = [_Angle([number], [""]) for number in (latitude, longitude)]
    return msgspec.structs.replace(_point(angles, is_longitude_first=False), form=form)
