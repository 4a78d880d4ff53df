"""What is taken away from the real map and the real pages opens in geopandas with the same sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest

from browser import Reader
from heritage_registry.maps.page import map_page
from heritage_registry.pages.edition import edition
from heritage_registry.pages.publish import pages
from heritage_registry.parts import Point
from heritage_registry.public import public_view
from heritage_registry.registry import Registry, read_registry
from heritage_registry.site import Site

REAL = Path(__file__).parents[1] / "sites"


@pytest.fixture(scope="module")
def real() -> Registry:
    return read_registry(REAL)


@pytest.fixture(scope="module")
def public(real: Registry) -> dict[str, Site]:
    return {site.id: site for site in public_view(real.sites.values())}


def read(path: Path) -> Any:
    """Return a table by id with the point of each site, from columns where the file has no shapes."""
    table = geopandas.read_file(path)
    if path.suffix == ".csv":
        x, y = (table[name].replace("", None).astype(float) for name in ("longitude", "latitude"))
        points = geopandas.GeoSeries(geopandas.points_from_xy(x, y), index=table.index, crs=4326)
        table = geopandas.GeoDataFrame(table, geometry=points.where(x.notna(), None))
    return table.set_index("id")


def assert_same_sites(table: Any, public: dict[str, Site]) -> None:
    assert sorted(table.index) == sorted(public)
    assert table.crs.to_epsg() == 4326
    for key, site in public.items():
        shape = table.geometry[key]
        nowhere = shape is None or shape.is_empty
        assert nowhere == (site.geometry is None), key
        if isinstance(site.geometry, Point):
            middle = shape.centroid
            assert (middle.x, middle.y) == pytest.approx(site.geometry.coordinates, abs=1e-6), key


@pytest.fixture(scope="module")
def reader(chromium: Any, real: Registry, tmp_path_factory: Any) -> Iterator[Reader]:
    file = tmp_path_factory.mktemp("map") / "map.html"
    file.write_text(map_page(real), "utf-8")
    reader = Reader(chromium, file).open("#lang=en")
    yield reader
    assert reader.complaints == []
    reader.page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("ending", ["csv", "geojson", "kml"])
def test_what_the_offline_page_saves_holds_the_same_sites(
    reader: Reader, public: dict[str, Site], tmp_path: Path, ending: str
) -> None:
    reader.open("#lang=en")
    reader.page.click("#take")
    with reader.page.expect_download() as started:
        reader.page.click(f"#take-body [data-format={ending}]")
    path = tmp_path / f"saved.{ending}"
    started.value.save_as(path)
    assert_same_sites(read(path), public)


@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_what_the_published_site_offers_holds_the_same_sites(
    real: Registry, public: dict[str, Site], tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"sites.{ending}"
    path.write_text(dict(pages(edition(real)))[f"downloads/sites.{ending}"](), "utf-8")
    assert_same_sites(read(path), public)
