"""`heritage account`: who may sign in where the registry is served to others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heritage_registry.errors import RegistryError

if TYPE_CHECKING:
    from heritage_registry.web.accounts.store import Accounts

_ROLES = ("reader", "contributor", "reviewer", "keeper")
_stdin = click.option("--stdin", "from_stdin", is_flag=True, help="Read the passphrase from standard input.")
_role = click.Choice(_ROLES)


@click.group()
def account() -> None:
    """Keep the accounts of a registry that is served to others with 'heritage serve --host'.

    A reader sees what everybody sees; a contributor writes; a reviewer publishes what others wrote; a keeper
    does all, accounts too. Accounts lie in the private folder of whoever runs the app, never in the registry.
    """


@account.command()
@click.argument("pseudonym")
@click.option("--role", type=_role, default="contributor", show_default=True)
@click.option(
    "--organisation", default="", help="Whom they work for; two approvals may have to come from two."
)
@_stdin
@click.pass_obj
def add(directory: Path, pseudonym: str, role: str, organisation: str, from_stdin: bool) -> None:
    """Add an account. Choose a pseudonym, never a name that could endanger somebody."""
    from heritage_registry.web.people import Role, cleaned

    accounts = _accounts(directory)
    known: Role = role  # type: ignore[assignment] # click let no other through
    if accounts.get(pseudonym):
        raise RegistryError(f"there is an account {cleaned(pseudonym)} already; choose another pseudonym")
    made = accounts.add(pseudonym, known, organisation, _passphrase(from_stdin))
    click.echo(f"{made.name} can sign in as {made.role}.")


@account.command("list")
@click.pass_obj
def list_accounts(directory: Path) -> None:
    """List the accounts: pseudonym, role, organisation, since when, and whether disabled."""
    for one in _accounts(directory).all():
        disabled = f"disabled {one.disabled[:10]}" if one.disabled else ""
        click.echo("\t".join((one.name, one.role, one.organisation, one.created[:10], disabled)).rstrip())


@account.command()
@click.argument("pseudonym")
@click.argument("role", type=_role)
@click.pass_obj
def role(directory: Path, pseudonym: str, role: str) -> None:
    """Let an account do more or less. All of its sessions end."""
    from heritage_registry.web.people import Role

    known: Role = role  # type: ignore[assignment] # click let no other through
    changed = _accounts(directory).change_role(pseudonym, known)
    click.echo(f"{changed.name} is {changed.role} now.")


@account.command()
@click.argument("pseudonym")
@click.option("--undo", is_flag=True, help="Let it in again.")
@click.pass_obj
def disable(directory: Path, pseudonym: str, undo: bool) -> None:
    """Let nobody in by an account. It stays, because its pseudonym stands in the history."""
    accounts = _accounts(directory)
    changed = accounts.enable(pseudonym) if undo else accounts.disable(pseudonym)
    click.echo(f"{changed.name} can {'sign in again' if undo else 'no longer sign in'}.")


@account.command()
@click.argument("pseudonym")
@_stdin
@click.pass_obj
def passphrase(directory: Path, pseudonym: str, from_stdin: bool) -> None:
    """Give an account another passphrase. All of its sessions end."""
    accounts = _accounts(directory)
    if accounts.get(pseudonym) is None:
        raise RegistryError(f"there is no account {pseudonym}; see 'heritage account list'")
    changed = accounts.change_passphrase(pseudonym, _passphrase(from_stdin))
    click.echo(f"The passphrase of {changed.name} was changed.")


def _accounts(directory: Path) -> Accounts:
    from heritage_registry.config import read_config
    from heritage_registry.web.accounts.store import Accounts
    from heritage_registry.web.writing.drafts import private_folder

    titles = tuple(read_config(directory).title.values())
    return Accounts(private_folder(directory), titles=lambda: titles)


def _passphrase(from_stdin: bool) -> str:
    """Return a passphrase, asked for twice without showing it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise RegistryError("there is no terminal to ask for the passphrase; hand it in with --stdin")
    click.echo("At least 12 letters: four or five words that nobody would connect with this registry.")
    given: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt="Again")
    return given
