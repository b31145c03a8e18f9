"""Every action that writes in an account names a declared act, so that nothing is done past what is in force."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

from tests.architecture.tree import modules

from fairpost.tenants.acts import ACTS
from fairpost.tenants.capabilities import CAPABILITIES, ROLES

IN_ACCOUNTS = frozenset().union(*(role.capabilities for role in ROLES.values() if not role.installation))
OF_INSTALLATION = frozenset(CAPABILITIES) - IN_ACCOUNTS

EXEMPT = {
    "record",  # the record itself, written inside every act
    "export_record",  # reads the record; that it was exported is on record
    "write_decision",  # for actions that were authorised before
}
# Named by the table alone: asked wherever a key is used.
ASKED_ELSEWHERE = {"api_key.use"}


@dataclass(frozen=True)
class Function:
    """One function of an actions package or of what those import from beside them."""

    module: str
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        return self.node.name

    def calls(self) -> tuple[ast.Call, ...]:
        return calls_in(self.node)

    def is_action(self) -> bool:
        return any(each.arg == "actor" for each in self.node.args.kwonlyargs) and not self.name.startswith("_")


@cache
def calls_in(node: ast.FunctionDef) -> tuple[ast.Call, ...]:
    return tuple(each for each in ast.walk(node) if isinstance(each, ast.Call))


@cache
def functions() -> dict[str, Function]:
    """Every function at the top of a module, by name; those of two modules under one name are both kept."""
    return {
        f"{module.name}:{node.name}": Function(module.name, node)
        for module in modules()
        for node in module.tree().body
        if isinstance(node, ast.FunctionDef)
    }


def actions() -> list[Function]:
    return [each for each in functions().values() if "/actions/" in each.module and each.is_action()]


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def given(call: ast.Call, keyword: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == keyword), None)


@cache
def forwarding() -> frozenset[str]:
    """`authorise`, and every function that hands its own argument `act` on to one of these."""
    names = {"authorise"}
    while True:
        found = {
            each.name
            for each in functions().values()
            if any(called(call) in names and isinstance(given(call, "act"), ast.Name) for call in each.calls())
        }
        if found <= names:
            return frozenset(names)
        names |= found


@cache
def acts_of(function: Function) -> set[str]:
    """The acts that it names literally where it is authorised."""
    return {
        value.value
        for call in function.calls()
        if called(call) in forwarding() and isinstance(value := given(call, "act"), ast.Constant)
    }


@cache
def in_reach(module_name: str) -> dict[str, Function]:
    """By the name they have there: the functions of a module and those of ours that it imports."""
    module = next(each for each in modules() if each.name == module_name)
    found = {each.name: each for each in functions().values() if each.module == module_name}
    for node in ast.walk(module.tree()):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fairpost."):
            path = node.module.removeprefix("fairpost.").replace(".", "/") + ".py"
            for alias in node.names:
                if (known := functions().get(f"{path}:{alias.name}")) is not None:
                    found[alias.asname or alias.name] = known
    return found


@cache
def below(function: Function) -> list[Function]:
    """What it calls by name, as far as that is ours."""
    reach = in_reach(function.module)
    return [reach[called(call)] for call in function.calls() if called(call) in reach]


def everything_below(function: Function) -> list[Function]:
    """The function and all that it calls, over any number of steps."""
    found, waiting = {function}, [function]
    while waiting:
        new = set(below(waiting.pop())) - found
        found |= new
        waiting += new
    return list(found)


def named(function: Function) -> set[str]:
    """The acts of the function and of everything below it."""
    return set().union(*(acts_of(each) for each in everything_below(function)))


def authorised(function: Function, seen: frozenset[Function] = frozenset()) -> list[ast.Call]:
    """The calls that authorise it: its own, or else those of what it calls."""
    own = [call for call in function.calls() if called(call) in ("authorise", "require")]
    if own or function in seen:
        return own
    return [call for each in below(function) for call in authorised(each, seen | {function})]


def of_installation(function: Function) -> bool:
    """Each time it is authorised it is for the whole installation, or under what nobody holds in an account."""
    calls = authorised(function)
    return bool(calls) and all(
        given(call, "account_id") is None
        or (isinstance(call.args[1], ast.Constant) and call.args[1].value in OF_INSTALLATION)
        for call in calls
    )


def test_every_action_in_an_account_names_its_act():
    silent = [
        f"{each.module}: {each.name}"
        for each in actions()
        if not named(each) and not of_installation(each) and each.name not in EXEMPT
    ]
    assert not silent, "give authorise its act= (fairpost/tenants/acts.py):\n" + "\n".join(silent)


def test_every_named_act_is_declared_and_every_declared_act_is_named():
    used = set().union(*(acts_of(each) for each in functions().values()))
    assert used - set(ACTS) == set()
    assert set(ACTS) - used - ASKED_ELSEWHERE == set()


def test_every_exemption_is_still_needed():
    names = {each.name for each in actions()}
    assert set(EXEMPT) <= names


def test_every_act_needs_a_capability_that_there_is():
    for each in ACTS.values():
        assert each.capability in IN_ACCOUNTS, each.name


def test_the_walk_sees_an_action_that_forgets(monkeypatch):
    source = "def grab(*, actor, account_id):\n    authorise(actor, 'list.write', account_id=account_id)\n"
    node = ast.parse(source).body[0]
    forgetful = Function("contacts/actions/change_lists.py", node)
    assert forgetful.is_action()
    assert not named(forgetful)
    assert not of_installation(forgetful)
