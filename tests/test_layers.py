"""Imports run one way, and text from records never reaches folium."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "heritage_registry"

#: Each line may import what stands in the lines above it.
LAYERS = (
    "defaults errors grid_references phrase_words outputs",
    "git vocabulary dates names positions phrase_parts coordinates",
    "kinds mistakes walk phrases remotes",
    "form",
    "parts",
    "shapes config",
    "site source",
    "claim attachments references",
    "lines differences neutrality",
    "public findings places merge",
    "location_checks assessment gazetteer likeness publishing",
    "checks place_names",
    "registry",
    "assessed find schema history",
    "citation duplicates pulling pushing review",
    "comparison statistics table",
    "missing_work",
    "coverage exports importing",
    "maps",
    "pages",
    "web",
    "cli",
)
RANK = {name: rank for rank, line in enumerate(LAYERS) for name in line.split()}
FILES = sorted(SOURCE.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def own_imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each import of a module of this package with the module's layer."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole package"
            names = [node.module or ""]
            if node.module == "heritage_registry":
                names = [f"heritage_registry.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("heritage_registry."):
                yield node, name.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_the_layers_below_it(path: Path) -> None:
    if path == SOURCE / "__init__.py":
        return
    tree = ast.parse(path.read_text("utf-8"))
    for _, imported in own_imports(tree):
        if imported != layer(path):
            assert RANK[imported] < RANK[layer(path)], f"{path.name} imports {imported}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_command_line_imports_own_modules_late(path: Path) -> None:
    """It does so to answer at once: geopandas and folium cost more than a second each."""
    if layer(path) == "cli":
        return
    tree = ast.parse(path.read_text("utf-8"))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    assert [x for function in functions for _, x in own_imports(function)] == []


def test_every_module_has_its_layer() -> None:
    assert {layer(path) for path in FILES} - {"__init__"} == set(RANK)


def test_only_maps_know_folium_and_only_one_module_of_them() -> None:
    users = [
        str(path.relative_to(SOURCE))
        for path in FILES
        if any(
            name.split(".")[0] in ("folium", "branca")
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
        )
    ]
    assert users == ["maps/frame.py"]


#: The corners of the box that the frame shows, the one thing in it that is not a constant.
BOX = {"west", "south", "east", "north"}
#: What makes or changes an element of folium's.
CALLS = {"_OfflineMap", "fit_bounds", "add_child", "add_to", "Element", "Figure"}


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Tuple):
        return all(map(is_constant, node.elts))
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in BOX)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_folium_gets_constants_and_the_corners_of_the_box_only() -> None:
    tree = ast.parse((SOURCE / "maps" / "frame.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in CALLS]
    assert "_OfflineMap" in map(called, calls)
    for call in calls:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            assert is_constant(argument), ast.unparse(call)


def test_the_frame_takes_numbers_and_nothing_else() -> None:
    tree = ast.parse((SOURCE / "maps" / "frame.py").read_text("utf-8"))
    (function,) = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "frame"]
    (argument,) = function.args.args
    assert argument.annotation is not None
    assert ast.unparse(argument.annotation) == "tuple[float, float, float, float]"
