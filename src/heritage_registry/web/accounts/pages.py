"""The pages of signing in, of one's own account, of all accounts, and of what was done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.web.accounts.door import ACTION, TOKEN, address_of
from heritage_registry.web.accounts.passphrases import Busy, new_passphrase
from heritage_registry.web.accounts.sessions import Sessions
from heritage_registry.web.accounts.store import Account, AccountFault
from heritage_registry.web.accounts.throttle import Throttle
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.people import ROLES
from heritage_registry.web.respond import Pairs, form, page

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_SHOWN_ACTIONS = 500


class Desk:
    """What the pages of accounts share. `cookie` is the name of the session's, `is_secure` with TLS."""

    def __init__(self, sessions: Sessions, cookie: str, *, is_secure: bool) -> None:
        self.sessions, self.throttle = sessions, Throttle()
        self.cookie, self.is_secure = cookie, is_secure

    def login(self, request: Request, reader: Reader, _office: Office) -> Response:
        """A form to sign in."""
        if reader.writer.name:
            return RedirectResponse("/me", 303)
        return _login(reader, next=_local(request.query_params.get("next", "")))

    def sign_in(self, request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
        """Begin a session for who knows the passphrase."""
        given = dict(pairs)
        name, passphrase = given.get("name", "").strip()[:200], given.get("passphrase", "")
        where = _local(given.get("next", ""))
        address = address_of(request)
        wait = self.throttle.attempt(name, address)
        if wait:
            response = _login(reader, 429, fault="login.wait", name=name, seconds=ceil(wait), next=where)
            response.headers["Retry-After"] = str(ceil(wait))
            return response
        try:
            account = office.accounts.verified(name, passphrase)
        except Busy:
            return _login(reader, 503, fault="login.busy", name=name, next=where)
        except AccountFault:
            return _login(reader, 503, fault="login.broken", name=name, next=where)
        if account is None:
            known = office.accounts.get(name)
            if known is not None:
                request.scope[ACTION] = ("", "login.failed", known.name)
            return _login(reader, 403, fault="login.wrong", name=name, next=where)
        self.throttle.succeeded(name, address)
        self.sessions.end(request.scope[TOKEN])
        request.scope[ACTION] = (account.name, "login.done")
        response = RedirectResponse("/me" if account.is_given else where or "/", 303)
        return self._begun(response, account)

    def sign_out(self, request: Request, reader: Reader, _office: Office, _pairs: Pairs) -> Response:
        """End the session."""
        self.sessions.end(request.scope[TOKEN])
        if reader.writer.name:
            request.scope[ACTION] = (reader.writer.name, "login.ended")
        response = RedirectResponse("/", 303)
        response.delete_cookie(self.cookie, path="/", secure=self.is_secure, httponly=True, samesite="strict")
        return response

    def me(self, request: Request, reader: Reader, office: Office) -> Response:
        """Somebody's own account."""
        account = office.accounts.get(reader.writer.name)
        if account is None:
            return RedirectResponse("/login?next=/me", 303)
        return _me(reader, account, kept="kept" in request.query_params)

    def change_own(self, request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
        """Change one's own passphrase, which ends all other sessions of the account."""
        given = dict(pairs)
        account = office.accounts.get(reader.writer.name)
        if account is None:
            return office.plain(reader.language, 401, "refused.sign_in")
        new = given.get("new", "")
        address = address_of(request)
        faults: dict[str, str] = {}
        try:
            if self.throttle.attempt(account.name, address):
                faults["old"] = "login.slowly"
            elif office.accounts.verified(account.name, given.get("old", "")) is None:
                faults["old"] = "me.wrong"
            else:
                self.throttle.succeeded(account.name, address)
                fault = office.accounts.fault_of(new, account.name, account.organisation)
                if fault or new != given.get("again", "") or new == given.get("old"):
                    faults["new"] = fault or ("me.same" if new == given.get("old") else "me.differ")
                else:
                    account = office.accounts.change_passphrase(account.name, new)
        except Busy:
            faults["old"] = "login.busy"
        except AccountFault as error:
            faults["new"] = error.key
        if faults:
            return _me(reader, account, 422, faults)
        self.sessions.end_all(account.name)
        request.scope[ACTION] = (account.name, "me.log")
        return self._begun(RedirectResponse("/me?kept=1", 303), account)

    def accounts(self, _request: Request, reader: Reader, office: Office) -> Response:
        """All accounts, and forms to change them."""
        return _accounts(reader, office)

    def change_accounts(self, request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
        """Add or change an account."""
        given = {"_action": "", "name": "", "organisation": "", "role": ""} | dict(pairs)
        try:
            name, action, passphrase = self._changed(office, given)
        except (AccountFault, Busy) as error:
            fault = error if isinstance(error, AccountFault) else AccountFault("login.busy")
            return _accounts(reader, office, 422, fault=fault, given=given)
        request.scope[ACTION] = (reader.writer.name, *action)
        if passphrase:
            return _accounts(reader, office, new_name=name, new_passphrase=passphrase)
        return RedirectResponse("/accounts", 303)

    def _changed(self, office: Office, given: Mapping[str, str]) -> tuple[str, tuple[str, str, str], str]:
        """Return whose account was changed, what goes into the log, and a passphrase to hand over."""
        accounts, name = office.accounts, given.get("name", "")
        role = next((role for role in ROLES if role == given.get("role")), None)
        match given.get("_action", ""):
            case "add" if role:
                passphrase = new_passphrase()
                made = accounts.add(name, role, given.get("organisation", ""), passphrase, is_given=True)
                return made.name, ("accounts.added", made.name, role), passphrase
            case "role" if role:
                changed = accounts.change_role(name, role)
                return changed.name, ("accounts.role_changed", changed.name, role), ""
            case "organisation":
                changed = accounts.change_organisation(name, given.get("organisation", ""))
                return changed.name, ("accounts.organised", changed.name, changed.organisation), ""
            case "disable":
                changed = accounts.disable(name)
                return changed.name, ("accounts.was_disabled", changed.name, ""), ""
            case "enable":
                changed = accounts.enable(name)
                return changed.name, ("accounts.was_enabled", changed.name, ""), ""
            case "passphrase":
                passphrase = new_passphrase()
                changed = accounts.change_passphrase(name, passphrase, is_given=True)
                return changed.name, ("accounts.passphrase_given", changed.name, ""), passphrase
            case _:
                raise AccountFault("accounts.no_role", roles=", ".join(ROLES))

    def _begun(self, response: Response, account: Account) -> Response:
        """Begin a session, whose token is in no page and in no address."""
        response.set_cookie(
            self.cookie,
            self.sessions.begin(account.name, account.stamp),
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="strict",
        )
        return response


def log(_request: Request, reader: Reader, office: Office) -> Response:
    """What was done, the latest first."""
    words = reader.book.own_words.messages

    def said(what: str) -> str:
        return words.get(what) or words.get(f"action.{what}") or what

    actions = office.log.latest(_SHOWN_ACTIONS)
    return reader.page("log.html", actions=actions, said=said, roles=ROLES, fault=office.log.fault)


def _login(reader: Reader, status: int = 200, **values: object) -> Response:
    empty = {"fault": "", "name": "", "seconds": 0, "next": ""}
    return reader.page("login.html", status, **(empty | values))


def _me(
    reader: Reader,
    account: Account,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    *,
    kept: bool = False,
) -> Response:
    return reader.page(
        "account.html", status, account=account, faults={"old": "", "new": ""} | dict(faults or {}), kept=kept
    )


def _accounts(reader: Reader, office: Office, status: int = 200, **values: object) -> Response:
    untouched = {"_action": "", "name": "", "organisation": "", "role": "contributor"}
    empty: dict[str, object] = {"fault": None, "given": untouched, "new_name": "", "new_passphrase": ""}
    try:
        found = office.accounts.all()
    except AccountFault as error:
        found, empty["fault"] = (), error
    return reader.page("accounts.html", status, accounts=found, roles=ROLES, **(empty | values))


def _local(address: str) -> str:
    """Return an address of this app, or nothing: signing in leads nowhere else."""
    return address if _LOCAL.fullmatch(address) else ""


def account_routes(office: Office, desk: Desk) -> list[BaseRoute]:
    """Return the routes of an app that has accounts."""
    return [
        Route("/login", page(office, desk.login), methods=["GET"]),
        Route("/login", form(office, desk.sign_in), methods=["POST"]),
        Route("/logout", form(office, desk.sign_out), methods=["POST"]),
        Route("/me", page(office, desk.me), methods=["GET"]),
        Route("/me", form(office, desk.change_own), methods=["POST"]),
        Route("/accounts", page(office, desk.accounts), methods=["GET"]),
        Route("/accounts", form(office, desk.change_accounts), methods=["POST"]),
        Route("/log", page(office, log), methods=["GET"]),
    ]
