"""The map that folium makes: the same text each time, and nothing to ask a network for."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import folium
from branca.element import Element

from heritage_registry.maps.frame import Frame, frame

BOX = (43.4, 38.3, 51.0, 42.0)


def test_the_same_box_gives_the_same_text() -> None:
    assert frame(BOX) == frame(BOX)


def test_threads_do_not_number_one_anothers_elements() -> None:
    expected = frame(BOX)
    with ThreadPoolExecutor(8) as threads:
        assert set(map(_text, threads.map(frame, [BOX] * 32))) == {_text(expected)}


def _text(made: Frame) -> tuple[str, str]:
    return made.element, made.script


def test_folium_numbers_its_elements_at_random_again_afterwards() -> None:
    frame(BOX)
    assert folium.Map().get_name() != folium.Map().get_name()
    assert len(Element().get_name()) > 32


def test_the_frame_asks_no_network_and_loads_no_file() -> None:
    made = frame(BOX)
    for text in (made.element, made.script):
        assert not re.search(r"https?:|//cdn|<script|<link|src=", text)


def test_the_script_makes_the_map_and_hands_it_on() -> None:
    made = frame(BOX)
    assert "L.map(" in made.script
    assert re.search(r"window\.registryMap = map_[0-9a-f]{32};", made.script)
    assert "tileLayer" not in made.script
    (element_id,) = re.findall(r'id="(map_[0-9a-f]{32})"', made.element)
    assert element_id in made.script


def test_leaflets_own_credit_with_its_flag_is_off() -> None:
    assert (
        re.search(r'"attributionControl": false', made := frame(BOX).script) or "attribution_control" in made
    )


def test_another_box_gives_another_map() -> None:
    assert frame(BOX) != frame((10.0, 45.0, 12.0, 47.0))
