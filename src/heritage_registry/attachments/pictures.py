"""Looking into pictures, and writing their public copies. Runs in a process of its own, see `examine`."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import ExifTags, Image, ImageCms, ImageOps

from heritage_registry.attachments.kinds import Limits, UnfitFile
from heritage_registry.attachments.look import Copy, Look
from heritage_registry.dates import InvalidDate, parse

_FORMATS: Final[Mapping[str, str]] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
}
_DNG_VERSION = 50706
#: All that Pillow raises on a damaged picture or damaged remarks of a camera.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    ZeroDivisionError, EOFError, RuntimeError, struct.error,
)  # fmt: skip
_BROKEN = "this picture is damaged or breaks off; look whether it was copied whole, and send it again"
_SMALLER = "save it smaller and send that, and keep the original"
_QUALITY = 88
_BRIGHTEST = (1, 255, 1_023, 4_095, 16_383, 65_535)
_LOSSLESS = 4_000_000
"""Pixels up to which the copy of a PNG is a PNG: a drawing or crop of a map, and no photograph."""


def look_at_picture(path: Path, media_type: str, limits: Limits) -> Look:
    """Decode a picture wholly and return what it tells. Raises `UnfitFile`."""
    with _opened(path, media_type, limits) as picture:
        pages = _pages(picture, limits)
        taken, position, remarks = _told_by_the_camera(picture)
        width, height = picture.size
        try:
            picture.load()
        except (*_DAMAGE, MemoryError) as error:
            raise UnfitFile(_BROKEN) from error
    if pages > 1:
        remarks += (f"holds {pages} pages or frames; a public copy shows the first",)
    return Look(width, height, pages, taken, position, can_be_public=True, remarks=remarks)


def write_copy(path: Path, media_type: str, target: Path, limits: Limits) -> Copy:
    """Write the pixels of a picture to a new file that holds nothing else. Raises `UnfitFile`."""
    with _opened(path, media_type, limits) as picture:
        try:
            if picture.mode in ("RGB", "L"):
                # Lets a JPEG be decoded at a half or quarter of its size, where the copy is no larger.
                picture.draft(picture.mode, (limits.copy_side, limits.copy_side))
            pixels = _clean(ImageOps.exif_transpose(picture), limits)
        except (*_DAMAGE, MemoryError) as error:
            raise UnfitFile(_BROKEN) from error
    if media_type == "image/png" and pixels.width * pixels.height <= _LOSSLESS:
        pixels.save(target, "PNG")
        return Copy("image/png", *pixels.size)
    pixels.save(target, "JPEG", quality=_QUALITY, progressive=True)
    return Copy("image/jpeg", *pixels.size)


def _flat(picture: Image.Image) -> Image.Image:
    """Return a picture on white where it lets light through.

    A face that somebody rubbed out is often still there, and only said to be transparent.
    """
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


@contextmanager
def _opened(path: Path, media_type: str, limits: Limits) -> Iterator[Image.Image]:
    """Open a picture of a known kind and check its size before a pixel is decoded."""
    try:
        picture = Image.open(path, formats=[_FORMATS[media_type]])
    except _DAMAGE as error:
        raise UnfitFile(_BROKEN) from error
    with picture:
        _refuse_oversize(picture, limits)
        yield picture


def _refuse_oversize(picture: Image.Image, limits: Limits) -> None:
    width, height = picture.size
    if width * height > limits.pixels or max(width, height) > limits.side:
        most = f"{limits.pixels:,} pixels and {limits.side:,} a side"
        raise UnfitFile(
            f"this picture is {width:,} by {height:,} pixels, more than the {most} taken; {_SMALLER}"
        )
    if width * height == 0:
        raise UnfitFile(_BROKEN)
    if picture.format == "TIFF" and _DNG_VERSION in picture.tag_v2:  # type: ignore[attr-defined]
        raise UnfitFile(
            "this is a raw picture of a camera; export it as JPEG and send that, and keep the original"
        )


def _pages(picture: Image.Image, limits: Limits) -> int:
    try:
        pages = int(getattr(picture, "n_frames", 1))
        picture.seek(0)
    except _DAMAGE as error:
        raise UnfitFile(_BROKEN) from error
    if pages > limits.pages:
        message = f"this picture has {pages:,} pages, more than the {limits.pages:,} that are taken"
        raise UnfitFile(f"{message}; send the pages that matter")
    return pages


def _clean(picture: Image.Image, limits: Limits) -> Image.Image:
    """Return the pixels in 8 bits and sRGB, no larger than a copy may be, in a picture without remarks."""
    pixels = _flat(_in_srgb(_in_eight_bits(picture)))
    pixels.thumbnail((limits.copy_side, limits.copy_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # Pillow carries comments and profiles from one picture to the next; a new one has none.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    return clean


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        low, high = picture.getextrema()
        assert isinstance(low, int | float)
        assert isinstance(high, int | float)
        # Scanners and cameras write 10, 12 or 14 bits into 16: against the whole range they would be black.
        top = next((float(most) for most in _BRIGHTEST if high <= most), max(float(high), 1.0))
        if not math.isfinite(low) or not math.isfinite(high):
            raise ValueError("holds values that are no brightness")
        return picture.convert("F").point(lambda value: value * (255 / top)).convert("L")
    has_alpha = picture.mode.endswith(("A", "a")) or "transparency" in picture.info
    if has_alpha:
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Apply the colour profile, which the copy does not keep: it can name the maker or the machine."""
    profile = picture.info.get("icc_profile")
    wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            found = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=wanted)
        except (ImageCms.PyCMSError, *_DAMAGE):
            pass  # a damaged profile changes colours a little, no more
        else:
            if found is not None:
                return found
    return picture if picture.mode in ("L", wanted) else picture.convert(wanted)


def _told_by_the_camera(
    picture: Image.Image,
) -> tuple[str | None, tuple[float, float] | None, tuple[str, ...]]:
    try:
        exif = picture.getexif()
        taken = _taken(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal))
        position = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except _DAMAGE:
        return None, None, ("what the camera noted cannot be read",)
    return taken, position, ()


def _taken(value: Any) -> str | None:
    """Return the day the camera noted. Its clock may be wrong, and a clock never set says so with zeros."""
    found = re.match(r"([0-9]{4})[:-]([0-9]{2})[:-]([0-9]{2})", value) if isinstance(value, str) else None
    if not found or not found[1].strip("0"):
        return None
    day = "-".join(found.groups())
    try:
        parse(day)
    except InvalidDate:
        return None
    return day


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW", 180)
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS", 90)
    if longitude is None or latitude is None or (longitude, latitude) == (0, 0):
        return None
    return longitude, latitude


def _degrees(gps: Mapping[int, Any], tag: int, half_tag: int, halves: str, most: int) -> float | None:
    values, half = gps.get(tag), gps.get(half_tag)
    if not isinstance(values, tuple) or len(values) != 3 or not isinstance(half, str):
        return None
    half = half.strip("\0 ").upper()
    degrees = sum(float(value) / by for value, by in zip(values, (1, 60, 3600), strict=True))
    if half not in tuple(halves) or not math.isfinite(degrees) or not 0 <= degrees <= most:
        return None
    return round(-degrees if half == halves[1] else degrees, 6)
