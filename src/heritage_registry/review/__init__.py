"""What people do with a record on its way to readers: write, submit, approve, send back, withdraw, restore.

Each act leaves an entry in the record's log, with a pseudonym and a day. Where the registry has a rule, a
change of a published record is a proposal beside it, and the published record stays as it is until the
proposal is approved. Whether a log suffices is decided in `publishing`, by which `heritage check` goes too.
"""

from heritage_registry.review.acts import (
    approve,
    begin_again,
    discard,
    is_outdated,
    restore,
    send_back,
    submit,
    take_over,
    withdraw,
)
from heritage_registry.review.signing import Done, ProposalOutdated, ReviewRefused, Signature, Unsigned
from heritage_registry.review.writing import as_draft, save, with_author

__all__ = [
    "Done",
    "ProposalOutdated",
    "ReviewRefused",
    "Signature",
    "Unsigned",
    "approve",
    "as_draft",
    "begin_again",
    "discard",
    "is_outdated",
    "restore",
    "save",
    "send_back",
    "submit",
    "take_over",
    "with_author",
    "withdraw",
]
