"""Points on the UTM grid, as metres or as letters of the military grid (MGRS), turned into degrees."""

import re

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_METRES = r"(\d{5,8}(?:[.,]\d+)?) ?M?"
_UTM = re.compile(rf"(\d{{1,2}}) ?([C-HJ-NP-X])[ ,;]+{_METRES}E?[ ,;]+{_METRES}N?")
_MGRS = re.compile(r"(\d{1,2}) ?([C-HJ-NP-X]) ?([A-HJ-NP-Z])([A-HJ-NP-V]) ?(\d*) ?(\d*)")


class PointFault(Exception):  # noqa: N818 - never leaves the modules that read points
    """What keeps a text from naming a point, and what to write."""

    def __init__(self, why: str, write: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.write = write


def read_utm(text: str) -> tuple[float, float, float] | None:
    """Read '38S 500000 4400000', in capitals, as longitude, latitude and precision in metres; else None."""
    match = _UTM.fullmatch(text)
    if match is None:
        return None
    zone, band = _zone(match[1]), match[2]
    easting, northing = (float(x.replace(",", ".")) for x in match.group(3, 4))
    decimals = min(len(re.split("[.,]", x)[1]) if re.search("[.,]", x) else 0 for x in match.group(3, 4))
    if not 100_000 <= easting < 900_000 or northing > 10_000_000:
        raise PointFault(
            "an easting is from 100000 to 899999, and a northing up to 10000000", "38S 500000 4400000"
        )
    # N and S are bands too. S is read as the band, from 32° to 40° north, where the northing fits it.
    readings = [(band >= "N", band)] + ([(band == "N", "")] if band in "NS" else [])
    for is_north, expected in readings:
        longitude, latitude = _from_grid(zone, is_north, easting, northing)
        if not expected or _band_gap(expected, latitude) < 0.01:
            return longitude, latitude, 10.0**-decimals
    raise PointFault(
        f"the northing {match[4]} is not in the band {band}", "N or S for the hemisphere, or the right band"
    )


def read_mgrs(text: str) -> tuple[float, float, float] | None:
    """Read '38SNJ 01234 56789', in capitals, likewise, as the middle of its square."""
    match = _MGRS.fullmatch(text)
    if match is None:
        return None
    zone, band, column, row = _zone(match[1]), match[2], match[3], match[4]
    figures = match[5] + match[6]
    if len(figures) % 2 or len(figures) > 10 or (match[6] and len(match[5]) != len(match[6])):
        raise PointFault("the figures of a grid reference come in two equal halves", "38SNJ 01234 56789")
    columns = _COLUMNS[(zone - 1) % 3]
    if column not in columns:
        raise PointFault(f"zone {zone} has no column {column}", f"one of {columns[0]} to {columns[-1]}")
    half = len(figures) // 2
    size = 10.0 ** (5 - half)
    # The middle of the square: the figures cut the rest off.
    x, y = ((int(part) if part else 0) * size + size / 2 for part in (figures[:half], figures[half:]))
    easting = (columns.index(column) + 1) * 100_000 + x
    row_number = (_ROWS.index(row) - (0 if zone % 2 else 5)) % 20
    found = []
    for cycle in range(5):
        point = _from_grid(zone, band >= "N", easting, row_number * 100_000 + y + cycle * 2_000_000)
        found.append((_band_gap(band, point[1]), point))
    gap, (longitude, latitude) = min(found)
    if gap > 1:  # squares of 100 km reach over the edge of their band
        raise PointFault(f"the row {row} is not in the band {band}", "the letters as the map prints them")
    return longitude, latitude, size


def _zone(text: str) -> int:
    if not 1 <= int(text) <= 60:
        raise PointFault(f"there is no zone {text}", "a zone from 1 to 60, such as 38")
    return int(text)


def _band_gap(band: str, latitude: float) -> float:
    """Return how many degrees a latitude lies outside a band; bands are 8° high, the last 12°."""
    south = _BANDS.index(band) * 8 - 80
    return max(south - latitude, latitude - (84 if band == "X" else south + 8), 0.0)


def _from_grid(zone: int, is_north: bool, easting: float, northing: float) -> tuple[float, float]:
    # Imported here: it costs more than the rest of this module, and few points come as a grid.
    from pyproj import Transformer

    code = (32600 if is_north else 32700) + zone
    transformer = Transformer.from_crs(f"EPSG:{code}", "EPSG:4326", always_xy=True)
    longitude, latitude = transformer.transform(easting, northing)
    return float(longitude), float(latitude)
