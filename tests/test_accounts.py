"""Accounts of a registry that is served to others: who signs in, how often they may try, what is kept."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from accounts import (
    NAMES,
    ORIGIN,
    PASSPHRASE,
    QUICK,
    accounts_of,
    add_accounts,
    private_of,
    shared_app,
    sign_in,
    signed_in,
    visitor,
)
from conftest import heritage
from heritage_registry.errors import RegistryError
from heritage_registry.web.accounts.actions import ActionLog
from heritage_registry.web.accounts.passphrases import Busy, Passphrases, fault_of_passphrase, new_passphrase
from heritage_registry.web.accounts.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from heritage_registry.web.accounts.store import AccountFault, Accounts
from heritage_registry.web.accounts.throttle import Throttle
from heritage_registry.web.people import fault_of_name
from heritage_registry.web.serve import Service, check_accounts, check_service, host_names, own_address
from heritage_registry.web.writing.drafts import private_folder


class Clock:
    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


# Passphrases


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("", "short"),
        ("elevenchars", "short"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("ababababababab", "repeats"),
        ("123456789012345", "digits"),
        ("Swift Swift Swift", "guessed"),
        ("swift-heritage-2026", "guessed"),
        ("Test registry 1234", "guessed"),
        ("passwordpassword", "guessed"),
        ("Correct Horse Battery Staple", "guessed"),
        ("x" * 900 + "abcdefghijk" * 20, "long"),
    ],
)
def test_a_passphrase_that_is_guessed_is_refused(passphrase: str, why: str) -> None:
    assert fault_of_passphrase(passphrase, "Swift", "", "Test registry") == f"passphrase.{why}"


@pytest.mark.parametrize(
    "passphrase",
    [
        PASSPHRASE,
        "կապույտ թեյնիկ կամրջի տակ",
        "mavi çaydan körpü altında",
        "синий чайник под мостом",
        "橋の下の青いやかんと三羽の鶴",
    ],
)
def test_a_passphrase_of_several_words_is_taken_in_any_script(passphrase: str) -> None:
    assert fault_of_passphrase(passphrase, "Swift", "Field group", "Test registry") is None


def test_a_passphrase_that_is_handed_over_is_strong_and_each_time_another() -> None:
    made = {new_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(fault_of_passphrase(one, "Swift") is None and len(one) == 23 for one in made)


def test_passphrases_are_kept_as_argon2id_with_a_salt_and_never_as_they_are(registry: Path) -> None:
    kept = Passphrases()
    first, second = kept.keep(PASSPHRASE), kept.keep(PASSPHRASE)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept.is_right(first, PASSPHRASE)
    assert not kept.is_right(first, PASSPHRASE + " ")
    assert kept.is_right(kept.keep("café latte mélange"), "cafe\u0301 latte me\u0301lange"), "composed or not"
    accounts_of(registry).add("Swift", "keeper", "", PASSPHRASE)
    assert PASSPHRASE not in (private_of(registry) / "accounts.json").read_text("utf-8")


def test_a_passphrase_kept_in_a_weaker_way_is_kept_anew_when_it_is_used(registry: Path) -> None:
    accounts_of(registry).add("Swift", "keeper", "", PASSPHRASE)
    accounts = Accounts(private_of(registry))
    before = accounts.get("Swift")
    assert before is not None
    assert "m=8," in before.passphrase
    found = accounts.verified("swift", PASSPHRASE)
    assert found is not None
    assert "m=65536," in found.passphrase
    assert found.stamp == before.stamp, "it is the same passphrase: no session ends"


def test_nobody_learns_from_the_time_it_takes_whether_a_name_is_known(registry: Path) -> None:
    verified: list[str] = []

    class Watched(Passphrases):
        def is_right(self, kept: str | None, passphrase: str) -> bool:
            verified.append("known" if kept else "nobody's")
            return super().is_right(kept, passphrase)

    accounts = Accounts(private_of(registry), Watched(QUICK))
    accounts.add("Swift", "keeper", "", PASSPHRASE)
    accounts.add("Gone", "reader", "", PASSPHRASE)
    accounts.disable("Gone")
    for name in ("Swift", "Nobody", "Gone", ""):
        assert accounts.verified(name, "something else") is None
    assert accounts.verified("Gone", PASSPHRASE) is None
    assert verified == ["known", "nobody's", "nobody's", "nobody's", "nobody's"]


def test_only_a_few_passphrases_are_compared_at_a_time() -> None:
    kept = Passphrases(QUICK)
    kept._waiting = 8
    with pytest.raises(Busy):
        kept.is_right(None, "x")


# Accounts


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 41, "a b\n", "<b>", "name@host", "a--b", "-a", "a/b", "a\u202eb", "registry", " a"],
)
def test_what_is_no_pseudonym_is_refused(name: str) -> None:
    assert fault_of_name(name) is not None


@pytest.mark.parametrize(
    "name", ["Ara", "Սարյան", "Əli 2", "Жаворонок", "O'Neill", "field_team.3", "ქართველი"]
)
def test_a_pseudonym_may_be_in_any_script(name: str) -> None:
    assert fault_of_name(name) is None


def test_two_accounts_cannot_be_taken_for_each_other(registry: Path) -> None:
    accounts = accounts_of(registry)
    accounts.add("Anna", "keeper", "", PASSPHRASE)
    for same in ("anna", "ANNA", "Анна", "Աննա"):
        with pytest.raises(AccountFault, match="The name Anna is taken"):
            accounts.add(same, "reader", "", PASSPHRASE)


def test_the_last_keeper_stays(registry: Path) -> None:
    accounts = accounts_of(registry)
    accounts.add("Ara", "keeper", "", PASSPHRASE)
    accounts.add("Swift", "contributor", "", PASSPHRASE)
    with pytest.raises(AccountFault, match="Ara is the only keeper"):
        accounts.disable("Ara")
    with pytest.raises(AccountFault, match="Ara is the only keeper"):
        accounts.change_role("Ara", "reviewer")
    accounts.change_role("Swift", "keeper")
    accounts.disable("Ara")
    assert [one.name for one in accounts.keepers()] == ["Swift"]


def test_the_file_is_its_owners_alone_and_whole_at_every_moment(registry: Path) -> None:
    add_accounts(registry)
    folder = private_of(registry)
    for path in (folder / "accounts.json", folder / ".accounts.json.lock"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == [".accounts.json.lock", "accounts.json"]


def test_a_file_that_cannot_be_read_lets_nobody_in(registry: Path) -> None:
    add_accounts(registry)
    app = shared_app(registry)
    browser = signed_in(app, "keeper")
    (private_of(registry) / "accounts.json").write_text("{", "utf-8")
    assert browser.get("/accounts").headers["location"].startswith("/login?")
    answer = sign_in(visitor(app), NAMES["keeper"])
    assert answer.status_code == 503
    assert "The accounts cannot be read" in answer.text
    assert visitor(app).get("/sites").status_code == 200, "what is public stays open"


# Sessions


def test_a_session_ends_when_it_lies_idle_and_after_a_week_in_any_case(tmp_path: Path) -> None:
    clock = Clock()
    sessions = Sessions(tmp_path, clock)
    token = sessions.begin("Swift", "s")
    clock.now += IDLE_SECONDS - 1
    assert sessions.find(token) is not None
    clock.now += IDLE_SECONDS
    assert sessions.find(token) is None
    token, begun = sessions.begin("Swift", "s"), clock.now
    while clock.now < begun + LONGEST_SECONDS - 3_600:
        clock.now += 3_600
        assert sessions.find(token) is not None or clock.now >= begun + LONGEST_SECONDS
    clock.now = begun + LONGEST_SECONDS
    assert sessions.find(token) is None


def test_a_session_outlives_a_restart_and_its_token_is_on_no_disk(tmp_path: Path) -> None:
    token = Sessions(tmp_path).begin("Swift", "s")
    assert len(token) == 43, "256 bits"
    file = tmp_path / "sessions.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text("utf-8")
    again = Sessions(tmp_path)
    assert again.find(token) is not None
    again.end(token)
    assert Sessions(tmp_path).find(token) is None


def test_an_account_has_ten_sessions_at_most(tmp_path: Path) -> None:
    clock = Clock()
    sessions = Sessions(tmp_path, clock)
    tokens = []
    for _ in range(11):
        clock.now += 1
        tokens.append(sessions.begin("Swift", "s"))
    assert [sessions.find(token) is not None for token in tokens] == [False] + [True] * 10


# Throttling


def test_after_five_failures_each_next_one_waits_longer() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    waits = []
    for n in range(12):
        assert throttle.attempt(f"name {n}", "192.0.2.1") == 0.0
        wait = throttle.attempt(f"other {n}", "192.0.2.1") if n >= 4 else 0.0
        waits.append(wait)
        clock.now += wait
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]
    for n in range(10):
        clock.now += 900
        assert throttle.attempt(f"late {n}", "192.0.2.1") == 0.0
    assert throttle.attempt("late", "192.0.2.1") == 900.0
    assert throttle.attempt("late", "192.0.2.2") == 0.0


def test_a_name_is_slowed_from_all_addresses_and_never_locked_out() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for n in range(40):
        clock.now += 30
        assert throttle.attempt("Swift", f"192.0.2.{n}") == 0.0
    assert throttle.attempt("sWIFT", "198.51.100.1") == 30.0


def test_many_attempts_at_the_same_time_gain_nothing() -> None:
    throttle = Throttle(Clock())
    assert [throttle.attempt("Swift", "192.0.2.1") > 0 for _ in range(10)] == [False] * 5 + [True] * 5


def test_who_has_an_account_does_not_buy_more_tries_at_others_with_it() -> None:
    throttle = Throttle(Clock())
    for n in range(5):
        throttle.attempt(f"victim {n}", "192.0.2.1")
    throttle.attempt("Swift", "192.0.2.9")
    throttle.succeeded("Swift", "192.0.2.1")
    assert throttle.attempt("Swift", "192.0.2.9") == 0.0
    throttle.attempt("victim", "192.0.2.1")
    assert throttle.attempt("victim", "192.0.2.1") > 0


def test_addresses_of_one_household_count_as_one() -> None:
    throttle = Throttle(Clock())
    for n in range(5):
        throttle.attempt(f"name {n}", f"2001:db8:1:1::{n}")
    assert throttle.attempt("name", "2001:db8:1:1:ffff::1") > 0
    assert throttle.attempt("name", "2001:db8:1:2::1") == 0.0


# Signing in


@pytest.fixture
def shared(registry: Path) -> Path:
    """A registry with an account of each role."""
    add_accounts(registry)
    return registry


def cookie_of(answer: object) -> str:
    return str(answer.headers["set-cookie"])  # type: ignore[attr-defined]


def test_signing_in_leads_where_somebody_wanted_to_go(shared: Path) -> None:
    app = shared_app(shared)
    browser = visitor(app)
    asked = browser.get("/new/source?lang=hy").headers["location"]
    assert asked == "/login?next=%2Fnew%2Fsource%3Flang%3Dhy"
    assert 'name="next" value="/new/source?lang=hy"' in browser.get(asked).text
    answer = sign_in(browser, NAMES["contributor"], next="/new/source?lang=hy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/new/source?lang=hy")
    assert browser.get("/new/source").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\t/evil.example", "x"],
)
def test_signing_in_leads_nowhere_else(shared: Path, elsewhere: str) -> None:
    app = shared_app(shared)
    assert "evil" not in visitor(app).get("/login", params={"next": elsewhere}).text.replace("lang=", "")
    assert sign_in(visitor(app), NAMES["keeper"], next=elsewhere).headers["location"] == "/"


def test_the_cookie_of_a_session_is_of_no_use_to_scripts_other_sites_or_plain_http(shared: Path) -> None:
    answer = sign_in(visitor(shared_app(shared)), NAMES["keeper"])
    name, _, rest = cookie_of(answer).partition("=")
    assert name == "__Host-session"
    flags = {flag.strip().lower() for flag in rest.split(";")[1:]}
    assert flags == {"httponly", "secure", "samesite=strict", "path=/"}


def test_each_sign_in_begins_a_new_session_and_ends_the_one_before(shared: Path) -> None:
    app = shared_app(shared)
    browser = signed_in(app, "keeper")
    first = browser.cookies["__Host-session"]
    sign_in(browser, NAMES["keeper"])
    assert browser.cookies["__Host-session"] != first
    other = visitor(app, cookies={"__Host-session": first})
    assert other.get("/accounts").status_code == 303


def test_a_token_that_somebody_made_up_or_planted_opens_nothing(shared: Path) -> None:
    app = shared_app(shared)
    good = signed_in(app, "keeper").cookies["__Host-session"]
    for cookie in (
        "x" * 43,
        "",
        good[:-1],
        f"{good}; __Host-session=planted",
        f"planted; __Host-session={good}",
    ):
        answer = visitor(app).get("/accounts", headers={"Cookie": f"__Host-session={cookie}"})
        assert answer.status_code == 303, cookie
    planted = visitor(app, cookies={"__Host-session": "p" * 43})
    sign_in(planted, NAMES["keeper"])
    assert visitor(app, cookies={"__Host-session": "p" * 43}).get("/accounts").status_code == 303


def test_signing_out_ends_the_session_for_whoever_has_its_token(shared: Path) -> None:
    app = shared_app(shared)
    browser = signed_in(app, "keeper")
    token = browser.cookies["__Host-session"]
    answer = browser.post("/logout", data={"x": "y"})
    assert answer.status_code == 303
    assert "Max-Age=0" in cookie_of(answer)
    assert visitor(app, cookies={"__Host-session": token}).get("/accounts").status_code == 303


def test_a_wrong_name_and_a_wrong_passphrase_are_told_in_the_same_words(shared: Path) -> None:
    app = shared_app(shared)
    answers = [
        sign_in(visitor(app), name, "not the right one").text.replace(name, "NAME")
        for name in (NAMES["keeper"], "Unknown Bird")
    ]
    assert answers[0] == answers[1]
    assert "No account answers to this pseudonym and passphrase." in answers[0]


def test_who_fails_too_often_is_told_how_long_to_wait(shared: Path) -> None:
    browser = visitor(shared_app(shared))
    for _ in range(5):
        assert sign_in(browser, NAMES["keeper"], "wrong").status_code == 403
    answer = sign_in(browser, NAMES["keeper"], "wrong")
    while answer.status_code != 429:  # on a slow machine the first seconds pass by themselves
        answer = sign_in(browser, NAMES["keeper"], "wrong")
    assert int(answer.headers["retry-after"]) >= 1
    assert f"in seconds: {answer.headers['retry-after']}." in answer.text


@pytest.mark.parametrize("change", ["role", "disable", "passphrase"])
def test_a_changed_account_ends_its_sessions_at_once_also_from_the_command_line(
    shared: Path, change: str
) -> None:
    app = shared_app(shared)
    browser, keeper = signed_in(app, "reviewer"), signed_in(app, "keeper")
    assert browser.get("/drafts").status_code == 200
    accounts = accounts_of(shared)
    if change == "role":
        accounts.change_role(NAMES["reviewer"], "reader")
    elif change == "disable":
        accounts.disable(NAMES["reviewer"])
    else:
        accounts.change_passphrase(NAMES["reviewer"], "slow river carries lanterns")
    assert browser.get("/drafts").status_code == 303
    assert keeper.get("/accounts").status_code == 200
    accounts.enable(NAMES["reviewer"])
    assert browser.get("/drafts").status_code == 303, "an ended session does not come back"


def test_somebody_changes_their_passphrase_and_ends_every_other_session(shared: Path) -> None:
    app = shared_app(shared)
    mine, other = signed_in(app, "contributor"), signed_in(app, "contributor")
    new = "slow river carries lanterns"

    def change(old: str, new: str, again: str) -> int:
        return int(mine.post("/me", data={"old": old, "new": new, "again": again}).status_code)

    assert change("wrong", new, new) == 422
    assert change(PASSPHRASE, new, new + "x") == 422
    assert change(PASSPHRASE, "short", "short") == 422
    assert change(PASSPHRASE, PASSPHRASE, PASSPHRASE) == 422
    assert other.get("/drafts").status_code == 200
    assert change(PASSPHRASE, new, new) == 303
    assert mine.get("/drafts").status_code == 200
    assert other.get("/drafts").status_code == 303
    assert sign_in(visitor(app), NAMES["contributor"]).status_code == 403
    assert sign_in(visitor(app), NAMES["contributor"], new).status_code == 303


def test_a_keeper_adds_an_account_whose_owner_first_chooses_a_passphrase(shared: Path) -> None:
    app = shared_app(shared)
    keeper = signed_in(app, "keeper")
    answer = keeper.post(
        "/accounts",
        data={"_action": "add", "name": "Hoopoe", "role": "contributor", "organisation": "Field group"},
    )
    given = answer.text.partition('<code class="secret">')[2].partition("<")[0]
    assert len(given) == 23
    assert given not in keeper.get("/accounts").text
    browser = visitor(app)
    assert sign_in(browser, "hoopoe", given, next="/new").headers["location"] == "/me"
    assert browser.get("/new").headers["location"] == "/me"
    assert browser.post("/new/source", data={"x": "y"}).status_code == 403
    assert "Choose one of your own" in browser.get("/me").text
    own = {"old": given, "new": PASSPHRASE, "again": PASSPHRASE}
    assert browser.post("/me", data=own).status_code == 303
    assert browser.get("/new").status_code == 200
    assert "Field group" in browser.get("/new").text


def test_a_keeper_changes_what_others_may(shared: Path) -> None:
    app = shared_app(shared)
    keeper = signed_in(app, "keeper")

    def send(**fields: str) -> int:
        return int(keeper.post("/accounts", data=fields).status_code)

    assert send(_action="role", name=NAMES["reader"], role="reviewer") == 303
    assert send(_action="organisation", name=NAMES["reader"], organisation="Group") == 303
    assert send(_action="disable", name=NAMES["contributor"]) == 303
    changed = accounts_of(shared).get(NAMES["reader"])
    assert changed is not None
    assert (changed.role, changed.organisation) == ("reviewer", "Group")
    assert sign_in(visitor(app), NAMES["contributor"]).status_code == 403
    for fields in (
        {"_action": "disable", "name": NAMES["keeper"]},
        {"_action": "role", "name": NAMES["keeper"], "role": "reader"},
        {"_action": "role", "name": NAMES["reader"], "role": "owner"},
        {"_action": "add", "name": "x", "role": "reader"},
        {"_action": "disable", "name": "Nobody here"},
        {"_action": "explode", "name": NAMES["reader"]},
    ):
        assert send(**fields) == 422, fields


def test_a_lost_session_loses_nothing_that_was_typed(shared: Path) -> None:
    browser = signed_in(shared_app(shared), "contributor")
    browser.cookies.clear()
    answer = browser.post("/new/source", data={"record.title": "x"})
    assert answer.status_code == 401
    assert "reload this page to send the form again" in answer.text
    assert 'href="/login" target="_blank"' in answer.text


# What others may say of themselves


def proxied(shared: Path) -> TestClient:
    return visitor(shared_app(shared, is_proxied=True), client=("127.0.0.1", 50_000))


def test_a_proxy_is_believed_when_it_is_on_this_machine_and_says_that_it_encrypts(shared: Path) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    assert proxied(shared).get("/sites", headers=said).status_code == 200
    assert proxied(shared).get("/sites").status_code == 403
    assert proxied(shared).get("/sites", headers=said | {"X-Forwarded-Proto": "http"}).status_code == 403
    elsewhere = visitor(shared_app(shared, is_proxied=True), client=("192.0.2.1", 50_000))
    assert elsewhere.get("/sites", headers=said).status_code == 403


def test_a_visitor_does_not_get_more_tries_by_naming_other_addresses(shared: Path) -> None:
    seen_by_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.{}, 203.0.113.9"}
    for browser, headers in (
        (proxied(shared), seen_by_proxy),
        (visitor(shared_app(shared)), {"X-Forwarded-For": "198.51.100.{}"}),
    ):
        answers: list[int] = []
        while 429 not in answers and len(answers) < 15:
            browser.headers.update({k: v.format(len(answers)) for k, v in headers.items()})
            answers.append(sign_in(browser, f"Bird {len(answers)}", "wrong").status_code)
        assert answers[:5] == [403] * 5
        assert answers[-1] == 429


# The log


def lines(registry: Path) -> list[dict[str, str]]:
    raw = (private_of(registry) / "actions.jsonl").read_text("utf-8")
    return [json.loads(line) for line in raw.splitlines()]


def test_the_log_tells_who_did_what_and_keeps_no_addresses_and_no_names_tried(shared: Path) -> None:
    app = shared_app(shared)
    browser = visitor(app)
    sign_in(browser, NAMES["keeper"], "wrong")
    sign_in(browser, "my passphrase by mistake", "wrong")
    sign_in(browser, NAMES["keeper"])
    browser.post("/accounts", data={"_action": "role", "name": NAMES["reader"], "role": "contributor"})
    browser.get("/sites")
    found = [(x["who"], x["what"], x.get("about", ""), x.get("more", "")) for x in lines(shared)]
    keeper = NAMES["keeper"]
    assert found == [
        ("", "login.failed", keeper, ""),
        (keeper, "login.done", "", ""),
        (keeper, "accounts.role_changed", NAMES["reader"], "contributor"),
    ]
    page = browser.get("/log").text
    for words in ("sign-in failed", "signed in", "role changed: contributor"):
        assert words in page
    assert stat.S_IMODE((private_of(shared) / "actions.jsonl").stat().st_mode) == 0o600


def test_the_log_begins_a_new_file_when_it_is_large_and_loses_no_line(tmp_path: Path) -> None:
    log = ActionLog(tmp_path, rotated_at=500)
    for n in range(40):
        log.note("Swift", "/new/site", f"/sites/{n}")
    assert len(list(tmp_path.glob("actions-*.jsonl"))) > 3
    assert [action.about for action in log.latest(100)] == [f"/sites/{n}" for n in reversed(range(40))]


def test_a_line_cut_off_by_a_power_cut_takes_no_other_with_it(tmp_path: Path) -> None:
    log = ActionLog(tmp_path)
    log.note("Swift", "a")
    with log.path.open("ab") as file:
        file.write(b'{"at":"2026-')
    log.note("Swift", "b")
    assert [action.what for action in log.latest(9)] == ["b", "a"]


def test_a_log_that_cannot_be_written_stops_nothing_and_is_told_to_keepers(shared: Path) -> None:
    app = shared_app(shared)
    (private_of(shared) / "actions.jsonl").mkdir()
    browser = signed_in(app, "keeper")
    answer = browser.post(
        "/accounts", data={"_action": "organisation", "name": NAMES["reader"], "organisation": "Group"}
    )
    assert answer.status_code == 303
    changed = accounts_of(shared).get(NAMES["reader"])
    assert changed is not None
    assert changed.organisation == "Group"
    assert "The log of actions lacks lines" in browser.get("/sites").text
    assert "The log of actions lacks lines" not in signed_in(app, "reviewer").get("/sites").text


# The command line


@pytest.fixture
def state(registry: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command line keeps what is private."""
    monkeypatch.setenv("XDG_STATE_HOME", str(registry.parent / "state"))
    return private_folder(registry)


def test_accounts_are_kept_by_the_command_line(registry: Path, state: Path) -> None:
    added = heritage(
        registry, "account", "add", "Ara", "--role", "keeper", "--stdin", answers=PASSPHRASE + "\n"
    )
    assert added.output == "Ara can sign in as keeper.\n"
    heritage(
        registry, "account", "add", "Kür", "--organisation", "Field group", "--stdin", answers=PASSPHRASE
    )
    assert heritage(registry, "account", "role", "kür", "reviewer").output == "Kür is reviewer now.\n"
    assert heritage(registry, "account", "disable", "Kür").output == "Kür can no longer sign in.\n"
    today = datetime.now(UTC).date()
    listed = heritage(registry, "account", "list").output
    assert listed in (
        f"Ara\tkeeper\t\t{day}\nKür\treviewer\tField group\t{day}\tdisabled {day}\n"
        for day in (today, today - timedelta(days=1))
    )
    assert heritage(registry, "account", "disable", "Kür", "--undo").output == "Kür can sign in again.\n"
    new = "slow river carries lanterns"
    assert heritage(registry, "account", "passphrase", "Ara", "--stdin", answers=new).exit_code == 0
    assert Accounts(state).verified("Ara", new) is not None


@pytest.mark.parametrize(
    ("arguments", "answers", "told"),
    [
        (("add", "Ara", "--stdin"), "short", "Write at least 12 letters"),
        (("add", "Ara", "--stdin"), "Test registry Ara", "It is what somebody tries first"),
        (("add", "A", "--stdin"), PASSPHRASE, "Write between 2 and 40 letters"),
        (("add", "Ara"), PASSPHRASE, "hand it in with --stdin"),
        (("role", "Ara", "reader"), "", "There is no account Ara"),
        (("passphrase", "Ara", "--stdin"), PASSPHRASE, "there is no account Ara"),
    ],
)
def test_the_command_line_says_what_is_wrong(
    registry: Path, state: Path, arguments: tuple[str, ...], answers: str, told: str
) -> None:
    answer = heritage(registry, "account", *arguments, answers=answers)
    assert answer.exit_code == 1
    assert told in answer.output
    assert not (state / "accounts.json").exists()


# Starting


def test_others_reach_nothing_before_there_is_a_keeper(registry: Path, state: Path) -> None:
    for arguments in (["--host", "0.0.0.0"], ["--behind-proxy", "--address", ORIGIN]):
        answer = heritage(registry, "serve", "--no-browser", *arguments)
        assert answer.exit_code == 1
        assert "heritage account add PSEUDONYM --role keeper" in answer.output


def test_passphrases_never_travel_in_the_open(registry: Path, state: Path) -> None:
    heritage(registry, "account", "add", "Ara", "--role", "keeper", "--stdin", answers=PASSPHRASE)
    answer = heritage(registry, "serve", "--no-browser", "--host", "192.0.2.7")
    assert answer.exit_code == 1
    assert "passphrases would travel readable" in answer.output
    for way in ("--behind-proxy", "--certificate", "--network-is-encrypted"):
        assert way in answer.output


@pytest.mark.parametrize(
    ("service", "told"),
    [
        (Service(host="192.0.2.7", behind_proxy=True, address=ORIGIN), "leave --host out"),
        (Service(behind_proxy=True), "say where the proxy is reached"),
        (Service(behind_proxy=True, address="http://registry.example.org"), "is not the address of a server"),
        (Service(behind_proxy=True, address=f"{ORIGIN}/path"), "without a path"),
        (Service(behind_proxy=True, encrypted_network=True, address=ORIGIN), "choose one of"),
        (Service(host="0.0.0.0", encrypted_network=True), "stands for every address"),
        (Service(host="192.0.2.7", certificate=Path("c.pem")), "belong together"),
        (Service(certificate=Path("c.pem"), key=Path("k.pem")), "no certificate and its key"),
        (Service(address=ORIGIN), "Choose who encrypts"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_not_started(service: Service, told: str) -> None:
    with pytest.raises(RegistryError, match=told):
        check_service(service)


def test_accounts_that_other_users_of_the_machine_can_read_are_not_used(registry: Path) -> None:
    add_accounts(registry)
    accounts = accounts_of(registry)
    check_accounts(accounts)
    os.chmod(accounts.path, 0o644)  # noqa: PTH101
    with pytest.raises(RegistryError, match="chmod 600"):
        check_accounts(accounts)


def test_the_app_answers_to_the_names_it_is_reached_by_and_no_others() -> None:
    behind = Service(behind_proxy=True, address=ORIGIN)
    assert host_names(behind) == {"registry.example.org", "registry.example.org:443"}
    assert own_address(behind) == f"{ORIGIN}/"
    assert host_names(Service(host="192.0.2.7", encrypted_network=True)) == {"192.0.2.7:8642"}
    assert host_names(Service()) == {"localhost:8642", "127.0.0.1:8642", "[::1]:8642"}
    assert host_names(Service(host="::1", port=80)) >= {"[::1]", "[::1]:80", "localhost"}
