"""Pictures and documents handed in as evidence: taken in, kept unchanged, shown only as clean copies.

Two places, so that nothing private is published by mistake:

- `private/evidence/<first two digits>/<sha256>.<ext>`, outside the registry's folder and never under its git:
  the original, untouched. It may hold a position, a name or a serial number of a camera.
- `sites/evidence/<first two digits>/<sha256>.<ext>`: the copy everybody may see, named by its own digest.
  It holds pixels written anew and nothing else of the file. It is made by `publish_attachment` alone, when an
  editor has decided to show the picture; handing a file in publishes nothing.

Pictures alone have a copy. A PDF or text can tell of its author in ways no program removes, so these stay
private; the report tells that they are there.

A file is what its first bytes say, not what it is called, and is read in a process of its own with limits on
time and memory, so that a hostile one harms nothing but itself.
"""

from __future__ import annotations

from heritage_registry.attachments.kinds import Limits, UnfitFile, safe_name
from heritage_registry.attachments.look import Look
from heritage_registry.attachments.store import (
    PRIVATE_DIRECTORY,
    Stored,
    copy_path,
    fixity_problems,
    make_copy,
    original_path,
    private_directory_of,
    publish_attachment,
    put_in_place,
    read_copy,
    store_attachment,
)

__all__ = [
    "PRIVATE_DIRECTORY",
    "Limits",
    "Look",
    "Stored",
    "UnfitFile",
    "copy_path",
    "fixity_problems",
    "make_copy",
    "original_path",
    "private_directory_of",
    "publish_attachment",
    "put_in_place",
    "read_copy",
    "safe_name",
    "store_attachment",
]
