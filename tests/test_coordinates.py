"""Points as people write them: every form reads back, and what looks wrong is asked about, not mended."""

import re
from math import cos, floor, hypot, radians

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Transformer

from heritage_registry.coordinates import (
    METRES_PER_DEGREE,
    Coordinates,
    InvalidCoordinates,
    doubts,
    read_coordinates,
)

CAUCASUS = (43.0, 38.0, 51.0, 43.0)

longitudes = st.floats(-179.9, 179.9)
latitudes = st.floats(-79.9, 83.9)
decimals = st.integers(1, 7)


def apart(point: Coordinates, longitude: float, latitude: float) -> float:
    """Return the metres between a point and the one that was written."""
    across = (point.longitude - longitude + 180) % 360 - 180
    return METRES_PER_DEGREE * hypot(across * cos(radians(latitude)), point.latitude - latitude)


def is_within(point: Coordinates, longitude: float, latitude: float) -> bool:
    return apart(point, longitude, latitude) <= point.precision_m * 1.01 + 1e-3


LETTERS = {
    "en": "NSEW",
    "ru": ("с. ш.", "ю. ш.", "в. д.", "з. д."),
    "short ru": ("с.ш.", "ю.ш.", "в.д.", "з.д."),
    "az": ("ş. e.", "c. e.", "ş. u.", "q. u."),
    "long az": ("şimal enliyi", "cənub enliyi", "şərq uzunluğu", "qərb uzunluğu"),
    "hy": ("հս. լ.", "հվ. լ.", "ավ. ե.", "ամ. ե."),
    "long hy": (
        "հյուսիսային լայնության",
        "հարավային լայնության",
        "արևելյան երկայնության",
        "արևմտյան երկայնության",
    ),
}
letters = st.sampled_from(sorted(LETTERS)).map(LETTERS.__getitem__)


@given(longitudes, latitudes, decimals, st.sampled_from((", ", " ", "; ", ",", "/", " | ")))
def test_signed_decimals_read_back(longitude: float, latitude: float, places: int, joint: str) -> None:
    text = f"{latitude:.{places}f}{joint}{longitude:.{places}f}"
    point = read_coordinates(text)
    assert is_within(point, longitude, latitude)
    assert point.form == "degrees"
    assert point.precision_m <= METRES_PER_DEGREE / 10**places * 1.001


@given(longitudes, latitudes, decimals, st.sampled_from(("; ", " ", ", ", ",")))
def test_decimal_commas_read_back(longitude: float, latitude: float, places: int, joint: str) -> None:
    text = f"{latitude:.{places}f}|{longitude:.{places}f}".replace(".", ",").replace("|", joint)
    assert is_within(read_coordinates(text), longitude, latitude)


lettered = st.tuples(letters, st.sampled_from(("°", " °", "° ", " ", "")), st.booleans())


@given(longitudes, latitudes, decimals, lettered)
def test_decimals_with_letters_read_back_in_either_order(
    longitude: float, latitude: float, places: int, style: tuple[tuple[str, ...], str, bool]
) -> None:
    words, degree, is_turned = style
    halves = [
        f"{abs(latitude):.{places}f}{degree}{words[latitude < 0]}",
        f"{abs(longitude):.{places}f}{degree}{words[2 + (longitude < 0)]}",
    ]
    text = ", ".join(halves[::-1] if is_turned else halves)
    assert is_within(read_coordinates(text), longitude, latitude)


#: Degrees, minutes and seconds as they are printed, with a place for the letter before or behind.
TYPOGRAPHIES = (
    "{0}°{1}′{2}″{h}",
    "{0}° {1}′ {2}″ {h}",
    "{0}°{1}'{2}\"{h}",
    "{0}°{1}’{2}”{h}",
    "{0}°{1}’{2}’’{h}",
    "{0}º{1}´{2}´´ {h}",
    "{0} ° {1} ' {2} '' {h}",
    "{0}d{1}m{2}s{h}",
    "{0} deg {1} min {2} sec {h}",
    "{0} {1} {2} {h}",
    "{0}-{1}-{2}{h}",
    "{0}:{1}:{2} {h}",
    "{h}{0}°{1}′{2}″",
    "{h} {0} {1} {2}",
)


def sexagesimal(degrees: float, places: int) -> tuple[int, int, str]:
    total = round(abs(degrees) * 3600, places)
    return int(total // 3600), int(total % 3600 // 60), f"{total % 60:.{places}f}"


@given(longitudes, latitudes, st.integers(0, 3), st.sampled_from(TYPOGRAPHIES), letters)
def test_degrees_minutes_and_seconds_read_back(
    longitude: float, latitude: float, places: int, typography: str, words: tuple[str, ...]
) -> None:
    parts = [sexagesimal(latitude, places), sexagesimal(longitude, places)]
    assume(not any(part[2].startswith("60") for part in parts))
    hemispheres = (words[latitude < 0], words[2 + (longitude < 0)])
    text = " ".join(typography.format(*p, h=h) for p, h in zip(parts, hemispheres, strict=True))
    point = read_coordinates(text)
    assert is_within(point, longitude, latitude), text
    assert point.form == "seconds"


@given(
    longitudes, latitudes, st.integers(0, 4), st.sampled_from(("{0}°{1}′{h}", "{h}{0}° {1}'", "{0} {1} {h}"))
)
def test_degrees_and_minutes_read_back(longitude: float, latitude: float, places: int, form: str) -> None:
    text = ""
    for degrees, hemisphere in ((latitude, "NS"[latitude < 0]), (longitude, "EW"[longitude < 0])):
        total = round(abs(degrees) * 60, places)
        text += " " + form.format(int(total // 60), f"{total % 60:.{places}f}", h=hemisphere)
    assume("60." not in text)
    point = read_coordinates(text)
    assert is_within(point, longitude, latitude)
    assert point.form == "minutes"


def on_grid(longitude: float, latitude: float) -> tuple[int, str, float, float]:
    zone = floor((longitude + 180) / 6) + 1
    band = "CDEFGHJKLMNPQRSTUVWXX"[floor((latitude + 80) / 8)]
    code = (32600 if latitude >= 0 else 32700) + zone
    transformer = Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True)
    return zone, band, *transformer.transform(longitude, latitude)


@given(
    longitudes,
    latitudes,
    st.sampled_from(("{0}{1} {2} {3}", "{0} {1} {2} mE {3} mN", "UTM zone {0}{1}, {2}, {3}")),
)
def test_utm_reads_back(longitude: float, latitude: float, form: str) -> None:
    zone, band, easting, northing = on_grid(longitude, latitude)
    assume(10_000 <= northing <= 9_990_000)
    point = read_coordinates(form.format(zone, band, round(easting), round(northing)))
    assert is_within(point, longitude, latitude)
    assert (point.form, point.precision_m) == ("utm", 1)


@given(longitudes, st.floats(-45, 83), st.sampled_from((0, 1, 3)))
def test_utm_with_the_letter_of_the_hemisphere_reads_back(
    longitude: float, latitude: float, places: int
) -> None:
    zone, _, easting, northing = on_grid(longitude, latitude)
    assume(10_000 <= northing <= 9_990_000)
    letter = "N" if latitude >= 0 else "S"
    point = read_coordinates(f"{zone}{letter} {easting:.{places}f} {northing:.{places}f}")
    assert is_within(point, longitude, latitude)


@given(longitudes, latitudes, st.integers(0, 5), st.sampled_from((" ", "")))
def test_the_military_grid_reads_back(longitude: float, latitude: float, figures: int, joint: str) -> None:
    zone, band, easting, northing = on_grid(longitude, latitude)
    column = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")[(zone - 1) % 3][floor(easting / 100_000) - 1]
    row = "ABCDEFGHJKLMNPQRSTUV"[(floor(northing / 100_000) + (0 if zone % 2 else 5)) % 20]
    rest = [f"{floor(x % 100_000):05}"[:figures] for x in (easting, northing)]
    point = read_coordinates(joint.join((f"{zone}{band}", column + row, *rest)).strip())
    assert apart(point, longitude, latitude) <= point.precision_m
    assert (point.form, point.precision_m) == ("mgrs", 10.0 ** (5 - figures))


LINKS = (
    ("https://www.google.com/maps/place/X/@1.5,2.5,15z/data=!4m5!3m4!1s0x0:0x0!8m2!3d{y}!4d{x}", "link"),
    ("https://www.google.com/maps/@{y},{x},15z", "view"),
    ("https://www.google.com/maps?q={y},{x}", "link"),
    ("https://maps.google.com/?q=loc:{y}+{x}&z=14", "link"),
    ("https://www.google.com/maps/search/?api=1&query={y}%2C{x}", "link"),
    ("https://www.google.com/maps/search/{y},+{x}", "link"),
    ("https://maps.google.com/?ll={y},{x}&z=14", "view"),
    ("https://www.openstreetmap.org/?mlat={y}&mlon={x}#map=15/1.5/2.5", "link"),
    ("https://www.openstreetmap.org/#map=15/{y}/{x}", "view"),
    ("https://yandex.com/maps/?ll={x}%2C{y}&z=15", "view"),
    ("https://yandex.ru/maps/?ll=1.5,2.5&pt={x},{y},pm2rdm&z=15", "link"),
    ("https://yandex.ru/maps/?ll=1.5%2C2.5&whatshere%5Bpoint%5D={x}%2C{y}&z=15", "link"),
    ("https://www.bing.com/maps?cp={y}~{x}&lvl=15", "view"),
    ("https://www.bing.com/maps?cp=1.5~2.5&sp=point.{y}_{x}_Name", "link"),
    ("https://wikimapia.org/#lang=en&lat={y}&lon={x}&z=15&m=w", "view"),
    ("https://maps.apple.com/?ll={y},{x}", "link"),
    ("geo:{y},{x}", "link"),
    ("geo:{y},{x},1200;crs=wgs84", "link"),
)


@given(longitudes, latitudes, st.integers(2, 7), st.sampled_from(LINKS))
def test_addresses_of_maps_read_back(
    longitude: float, latitude: float, places: int, link: tuple[str, str]
) -> None:
    text = link[0].format(x=f"{longitude:.{places}f}", y=f"{latitude:.{places}f}")
    point = read_coordinates(text)
    assert is_within(point, longitude, latitude), text
    assert point.form == link[1]


#: As sources print them, and as the region's records hold them.
PRINTED = [
    ("39.1494°N 45.8806°W", -45.8806, 39.1494, "degrees"),
    ("39°31′35.2″N 46°51′22.1″E", 46.856139, 39.526444, "seconds"),
    ("38°58'20\"N 45°33'55\"E", 45.565278, 38.972222, "seconds"),
    ("39.593547 ° N 46.941944 ° E", 46.941944, 39.593547, "degrees"),
    ("39°23’10.87′′, 47°2’17.60′′", 47.038222, 39.386353, "seconds"),
    ("39°59’42.792 “N 46°56’45.3732 “E", 46.945937, 39.99522, "seconds"),
    ("39° 59′ 35″ N 46° 56′ 14″ E", 46.937222, 39.993056, "seconds"),
    ("39 ° 45 '43' 'Nord 46 ° 44 '37' 'Est", 46.743611, 39.761944, "seconds"),
    ("39°52' N 45°22' E", 45.366667, 39.866667, "minutes"),
    ("40.057309,46.530667", 46.530667, 40.057309, "degrees"),
    ("Coordinates: 38°57′10″N 45°58′53″E / 38.95278°N 45.98139°E", 45.98139, 38.95278, "degrees"),
    ("Coordinates | 40°03′55″N 46°54′21″E / 40.06528°N 46.90583°E", 46.90583, 40.06528, "degrees"),
    ("39°45'18\", 46°45'27\"", 46.7575, 39.755, "seconds"),
    ("lat: 39.75, lon: 46.75", 46.75, 39.75, "degrees"),
    ("longitude 46.75 latitude 39.75", 46.75, 39.75, "degrees"),
    ("широта 39,75 с. ш., долгота 46,75 в. д.", 46.75, 39.75, "degrees"),
    ("39,7581; 46,7512", 46.7512, 39.7581, "degrees"),
    ("[46.7512, 39.7581]", 46.7512, 39.7581, "degrees"),
    ("POINT(46.7512 39.7581)", 46.7512, 39.7581, "degrees"),
    ("39, 46", 46.0, 39.0, "degrees"),
    ("39 45 46 44", 46.733333, 39.75, "minutes"),
    ("38S 500000 4400000", 45.0, 39.749908, "utm"),
    ("https://www.google.com/maps/place/39%C2%B045'18%22N+46%C2%B045'27%22E/", 46.7575, 39.755, "link"),
]


@pytest.mark.parametrize(("text", "longitude", "latitude", "form"), PRINTED, ids=[row[0] for row in PRINTED])
def test_points_are_read_as_sources_print_them(
    text: str, longitude: float, latitude: float, form: str
) -> None:
    point = read_coordinates(text)
    assert (point.longitude, point.latitude) == pytest.approx((longitude, latitude), abs=2e-6)
    assert point.form == form


def test_the_precision_is_that_of_the_last_figure() -> None:
    assert read_coordinates("39.75, 46.75").precision_m == pytest.approx(1113, abs=1)
    assert read_coordinates("39.7500, 46.7500").precision_m == pytest.approx(11.1, abs=0.1)
    assert read_coordinates("39°45′N 46°45′E").precision_m == pytest.approx(1855, abs=1)
    assert read_coordinates("39°45′18″N 46°45′27″E").precision_m == pytest.approx(30.9, abs=0.1)
    assert read_coordinates("geo:39.75,46.75;u=35").precision_m == 35


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty: write 39.7581, 46.7512 (latitude first)"),
        ("near the church", "'near' is no part of coordinates: write 39.7581, 46.7512"),
        ("39.75", "it has 1 numbers, and a point has two"),
        ("39°45′N", "it has to name a latitude and a longitude"),
        (
            "39.75 N 46.75 N",
            "both numbers are said to be a latitude: write one with N or S and one with E or W",
        ),
        ("95.1, 46.7", "the latitude 95.1 is over 90°"),
        ("39°75′N 46°45′E", "the latitude 39° 75' has minutes or seconds that are not from 0 to 59"),
        ("39.5°30′N 46°45′E", "the latitude 39.5° 30' has decimals before its last part"),
        ("-39.75 N 46.75 E", "the latitude -39.75 has both a minus and a letter: write the one or the other"),
        ("39°45′N 46°45′E / 39.95°N 46.75°E", "it names two points 22"),
        ("61S 500000 4400000", "there is no zone 61: write a zone from 1 to 60, such as 38"),
        ("38S 50000 4400000", "an easting is from 100000 to 899999"),
        ("38T 500000 100000", "the northing 100000 is not in the band T"),
        ("38SNJ 123 45", "the figures of a grid reference come in two equal halves: write 38SNJ 01234 56789"),
        ("38SAJ 12345 67890", "zone 38 has no column A: write one of J to R"),
        ("38SNU 12345 67890", "the row U is not in the band S"),
        ("https://maps.app.goo.gl/AbCdEf", "the address holds no point: write the two numbers, or open it"),
        ("http://wikimapia.org/23074727/Chananab-Tsghna", "the address holds no point"),
    ],
)
def test_a_refusal_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(InvalidCoordinates, match="is not a point: .*" + re.escape(message)):
        read_coordinates(text)


@given(st.text(max_size=30) | st.text("0123456789.,°'\" NSEW-/", max_size=30))
def test_any_text_is_a_point_or_refused_with_words(text: str) -> None:
    message, point = "", None
    try:
        point = read_coordinates(text)
    except InvalidCoordinates as error:
        message = str(error)
    if point:
        assert -180 <= point.longitude <= 180
        assert -90 <= point.latitude <= 90
    else:
        assert re.search("is not a point: .*: write ", message, re.DOTALL)


def kinds(text: str) -> list[str]:
    return [doubt.kind for doubt in doubts(read_coordinates(text), CAUCASUS)]


def test_nothing_is_asked_about_a_fine_point_of_the_region() -> None:
    assert kinds("39.7581, 46.7512") == []
    assert kinds("39°45′29″N 46°45′04″E") == []


def test_points_outside_the_region_are_asked_about_and_left_as_they_are() -> None:
    swapped = read_coordinates("46.7512, 39.7581")
    (doubt,) = doubts(swapped, CAUCASUS)
    assert (swapped.longitude, swapped.latitude) == (39.7581, 46.7512)
    assert doubt.message == (
        "46.7512°N 39.7581°E lies outside the region, and latitude and longitude may be swapped: "
        "is 39.7581°N 46.7512°E meant?"
    )
    assert doubt.instead == Coordinates(46.7512, 39.7581, swapped.precision_m, "degrees")
    (doubt,) = doubts(read_coordinates("39.1494°N 45.8806°W"), CAUCASUS)
    assert "W may stand for E, or a minus may be too much: is 39.1494°N 45.8806°E meant?" in doubt.message
    assert kinds("39.1494 S 45.8806 E") == ["hemisphere"]
    assert kinds("39.1494 S 45.8806 W") == ["hemisphere"]
    (doubt,) = doubts(read_coordinates("48.8584, 2.2945"), CAUCASUS)
    assert doubt.message.startswith("48.8584°N 2.2945°E lies about 33")
    assert doubt.instead is None


def test_rough_points_and_views_of_a_map_are_asked_about() -> None:
    (doubt,) = doubts(read_coordinates("39°59'N 46°56'E"), CAUCASUS)
    assert (
        doubt.message
        == "whole minutes leave about 1.9 km open: is a finer point known, or is it the settlement's?"
    )
    assert kinds("39.7, 46.7") == ["coarse"]
    assert kinds("38SNJ") == ["coarse"]
    assert kinds("https://www.openstreetmap.org/#map=15/39.7581/46.7512") == ["view"]
