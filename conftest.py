"""What every test is given: shapes checked in the theory, numpy in examples, a browser where there is one."""

import os
import shutil

import numpy as np
import pytest
from jaxtyping import install_import_hook

# Must come before the theory is imported for the first time: checks types and shapes at each call under test.
install_import_hook("rcpsim.theory", "beartype.beartype")


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_configure() -> None:
    if os.environ.get("RCPSIM_REQUIRE_BROWSER") and _chromium() is None:
        raise pytest.UsageError("RCPSIM_REQUIRE_BROWSER is set, but there is no Chromium on the PATH")


def pytest_report_header() -> str:
    path = _chromium()
    return (
        f"browser: {path}"
        if path
        else "browser: no Chromium on the PATH, tests marked 'browser' are left out"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _chromium() is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; only tests marked ``browser`` may ask for it."""
    path = _chromium()
    assert path is not None, "a test that asks for chromium must be marked 'browser'"
    return path


@pytest.fixture(autouse=True)
def _numpy_in_examples(doctest_namespace: dict[str, object]) -> None:
    doctest_namespace["np"] = np
