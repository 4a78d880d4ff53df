"""Who is at work: a pseudonym, what they may do, and the organisation they say they work for."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["reader", "contributor", "reviewer", "keeper"]
ROLES: tuple[Role, ...] = ("reader", "contributor", "reviewer", "keeper")
"""Each may do what those before it may: look; write drafts and changes; judge them; and everything else."""


class Writer(msgspec.Struct, frozen=True):
    """Somebody at work. `name` is a pseudonym and empty where none was chosen yet."""

    name: str
    role: Role
    organisation: str = ""

    def may(self, role: Role) -> bool:
        """Tell whether somebody may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


AT_THIS_MACHINE = Writer("", "keeper")
"""Whoever sits at this machine, before they chose a pseudonym."""
