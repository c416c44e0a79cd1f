"""The project as a whole: one version, nothing of the machine it was written on, a front door that opens."""

import ast
import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rcpsim

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_OURS = {".git", ".venv", "build", "demo", "dist", "htmlcov", "__pycache__"}

MACHINE_PATH = re.compile(r"(?<![\w.:/*}>)-])/(?:work|tmp|home|root|Users|mnt)/\w|\b[A-Z]:\\+Users\b")
REGISTRY = re.compile(
    r"(?:pypi|pythonhosted|npmjs|anaconda|artifactory)\.(?:org|com|io)|index[-_]url", re.IGNORECASE
)
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def tracked_files() -> list[Path]:
    """Return the files under version control, or in an unpacked archive all files that are not built."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file()]


def offences(pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line: what was found` for each match of a pattern in a tracked text file."""
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if match := pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    return found


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def fresh_python(code: str) -> str:
    """Run code in an interpreter that has imported nothing yet and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_version_is_the_same_everywhere() -> None:
    version = PROJECT["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert rcpsim.__version__ == version
    assert importlib.metadata.version("rcpsim") == version
    assert json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))["version"] == version
    assert re.findall(r"^version: (\S+)$", citation, re.MULTILINE) == [version]
    assert re.search(rf"^## .*\b{re.escape(version)}\b", changelog, re.MULTILINE)


def test_version_is_written_in_no_source_file() -> None:
    literal = f'"{PROJECT["version"]}"'
    holders = [path for path in (ROOT / "src").rglob("*.py") if literal in path.read_text(encoding="utf-8")]
    assert holders == []


def test_codemeta_names_the_run_time_needs() -> None:
    stated = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))["softwareRequirements"]
    assert stated == sorted(re.split(r"[<>=!~ ]", need)[0] for need in PROJECT["dependencies"])


def test_the_package_imports_only_what_it_declares() -> None:
    """What an extra brings may be imported within functions, and by a part that only such functions load."""

    def names(needs: list[str]) -> set[str]:
        return {canonical(re.split(r"[<>=!~ ]", need)[0]) for need in needs}

    always = names(PROJECT["dependencies"])
    extras = names(
        [n for key, needs in PROJECT["optional-dependencies"].items() if key != "test" for n in needs]
    )
    suppliers = importlib.metadata.packages_distributions()
    undeclared = []
    for path in (ROOT / "src").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        within = {id(one) for function in functions for one in ast.walk(function)}
        apart = path.parent.name == "compiled" or path.name == "cluster.py"
        for node in ast.walk(tree):
            declared = always | (extras if apart or id(node) in within else set())
            if isinstance(node, ast.Import):
                imported = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                imported = {node.module.split(".")[0]}
            else:
                continue
            for name in imported - sys.stdlib_module_names - {"rcpsim"}:
                if not declared & {canonical(supplier) for supplier in suppliers.get(name, [])}:
                    undeclared.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert undeclared == []


def test_no_tracked_file_names_a_place_on_a_machine() -> None:
    assert offences(MACHINE_PATH) == []


def test_no_tracked_file_names_a_registry() -> None:
    assert offences(REGISTRY) == []


@pytest.mark.parametrize(
    "line", ["see /ho" + "me/ann/x", '"/tm' + 'p/out"', "C:\\Us" + "ers\\ann", "(/wo" + "rk/main)"]
)
def test_places_on_a_machine_are_recognised(line: str) -> None:
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize(
    "line", ["https://example.org/ho" + "me/page", "demo/wo" + "rk/x", "states and/or work/life", "a / b"]
)
def test_other_slashes_are_left_alone(line: str) -> None:
    assert not MACHINE_PATH.search(line)


def test_every_file_name_says_what_is_inside() -> None:
    vague = [path for path in tracked_files() if VAGUE_NAMES & set(path.stem.lower().split("_"))]
    assert vague == []


def test_nothing_built_is_tracked() -> None:
    built = [
        path
        for path in tracked_files()
        if path.suffix in {".pyc", ".whl", ".new"}
        or {".venv", "__pycache__", ".mypy_cache", ".ruff_cache"} & set(path.relative_to(ROOT).parts)
        or any(part.endswith(".egg-info") for part in path.relative_to(ROOT).parts)
    ]
    assert built == []


def test_constraints_hold_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [
        line
        for line in lines
        if line
        and not line.startswith("# ")
        and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==\d+(\.\w+)*", line)
    ]
    assert wrong == []


def test_constraints_fix_each_need_once() -> None:
    fixed = [canonical(name) for name in constraints()]
    needs = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert len(fixed) == len(set(fixed))
    assert {canonical(re.split(r"[<>=!~ ]", need)[0]) for need in needs} <= set(fixed)


def test_public_names_are_sorted() -> None:
    assert list(rcpsim.__all__) == sorted(rcpsim.__all__)
    assert set(rcpsim.__all__) <= set(dir(rcpsim))


@pytest.mark.parametrize("name", rcpsim.__all__)
def test_public_name_opens_in_a_fresh_interpreter(name: str) -> None:
    kind = fresh_python(f"from rcpsim import {name}; print(type({name}).__name__)")
    assert (kind == "module") == (name == "measures")


@pytest.mark.parametrize("name", sorted(set(rcpsim.__all__) - {"measures"}))
def test_no_module_has_the_name_of_a_public_function_or_class(name: str) -> None:
    """Importing such a module would put it in the place of the function."""
    assert importlib.util.find_spec(f"rcpsim.{name}") is None


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, rcpsim; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(fresh_python(code).split())
    assert not loaded & {"matplotlib", "mesa", "numpy", "pandas", "pyarrow", "rich", "scipy", "xarray"}


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        rcpsim.simulat  # noqa: B018
