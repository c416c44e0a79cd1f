"""The theory compiled by JAX against the theory by numpy: the same histories, number by number."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from click.testing import CliRunner

from rcpsim.axes import MECHANISMS, RIVALS
from rcpsim.cli import main
from rcpsim.compiled.agreement import Branch, agreement
from rcpsim.compiled.playing import SOURCE, compiled_runs
from rcpsim.compiled.sheets import Sheet, Words, bare, sheets
from rcpsim.errors import InputError
from rcpsim.quarters import Theory
from rcpsim.scenario import load_scenario
from rcpsim.simulation import simulate
from rcpsim.theory.meetings import room_matrix

COLUMNS = ("history", "quarter", "kind", "meeting", "state", "other", "issue")
SMALL = {"years": [1, 2], "members.count": 10}


def both(scenario, histories, **given):
    """The same histories by numpy and compiled."""
    return [simulate(scenario, histories=histories, engine=engine, **given) for engine in ("numpy", "jax")]


def assert_same(one, other):
    """Every measure within 1e-9, and everything that happened."""
    found = agreement(one, other)
    assert found.branched == ()
    assert found.worst <= 1e-9
    for name, value in one.states.items():
        np.testing.assert_allclose(other.states[name], value, rtol=1e-9, atol=1e-9, err_msg=name)
    for column in COLUMNS:
        np.testing.assert_array_equal(getattr(other.events, column), getattr(one.events, column))
    np.testing.assert_allclose(other.events.value, one.events.value, rtol=1e-9, atol=1e-9)


def small(**changes):
    return load_scenario("large-process-working-groups", {**SMALL, **changes})


def test_a_process_with_parallel_rooms_is_the_same_compiled():
    one, other = both(small(), 8)
    assert_same(one, other)
    assert len(one.events) > 50
    assert one.measures["meetings"].sum() > 0


def test_chunks_seeds_and_dials_compile_nothing_again_and_change_nothing():
    whole = simulate(small(), histories=8, engine="jax")
    before = compiled_runs()
    parts = simulate(small(), histories=8, chunk=7, engine="jax")  # the last chunk is one history
    later = simulate(small(**{"design.follow_up": 0.9}), histories=5, seed=9, engine="jax")
    assert compiled_runs() == before
    assert later.measures["trust_all"].shape == (5, 8)
    for name, value in whole.measures.items():
        np.testing.assert_allclose(parts.measures[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


@pytest.mark.slow
def test_rooms_that_come_later_and_no_twin_are_the_same_compiled():
    changes = {"design.working_groups": {"size": 4, "from": "Y02-Q1"}}
    one, other = both(small(**changes), 3, twin=False)
    assert other.twin is None
    assert_same(one, other)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["puebla", "small-process", "large-process-working-groups", "bali", "igc", "midwa", "budapest"]
)
def test_packaged_processes_are_the_same_compiled(name):
    assert_same(*both(name, 4))


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_without_any_mechanism_it_is_the_same_compiled(mechanism):
    assert_same(*both(small(), 3, theory=Theory().without(mechanism)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mechanism", "form"), [(name, form) for name, forms in RIVALS.items() for form in forms[1:]]
)
def test_rival_forms_are_the_same_compiled(mechanism, form):
    assert_same(*both(small(), 3, theory=Theory().replacing(**{mechanism: form})))


@pytest.mark.slow
def test_single_precision_tells_the_same_medians():
    one = simulate("puebla", histories=200)
    found = agreement(one, simulate("puebla", histories=200, engine="jax-single"), near=1e-3)
    assert found.medians <= 0.05


@pytest.mark.slow
def test_hardly_a_history_branches():
    one, other = both("puebla", 1000)
    found = agreement(one, other)
    assert len(found.branched) <= 1
    assert found.medians <= 0.005


def test_a_branch_is_named():
    one, other = (simulate(small(), histories=4, twin=False) for _ in range(2))
    other.measures["ties"][2, 5:] += 1e-6
    other.measures["empathy"][2, 6:] += 1e-3
    found = agreement(one, other)
    assert found.branched == (Branch(2, "Y02-Q2", "ties"),)
    assert found.worst == 0.0
    assert 0.0 < found.medians < 1e-3


def test_the_precision_of_others_is_left_alone():
    before = jnp.zeros(1).dtype
    simulate(small(), histories=8, engine="jax")
    assert jnp.zeros(1).dtype == before
    assert jax.config.jax_enable_x64 is False


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="numpy, jax or jax-single"):
        simulate("small-process", histories=1, engine="jacks")


def test_where_jax_is_absent_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setattr("rcpsim.simulation.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'rcpsim\[jax\]'"):
        simulate("small-process", histories=1, engine="jax")
    told = CliRunner().invoke(main, ["run", "small-process", "--engine", "jax", "--quiet"])
    assert told.exit_code == 2
    assert "rcpsim[jax]" in told.output


def test_jax_is_not_loaded_unless_asked_for():
    code = (
        "from rcpsim import simulate; simulate('small-process', histories=1); import sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "jax" not in {name.split(".")[0] for name in done.stdout.split()}


def test_a_sheet_can_be_written_into_whole_and_in_part():
    words = Words()
    sheet = words.zeros((2, 3))
    words.add(sheet, 1.0, out=sheet)
    sheet[0, 1:] = 5.0
    part = sheet[1]
    words.multiply(part, 2.0, out=part, where=np.array([True, False, True]))
    np.testing.assert_array_equal(sheet.data, [[1, 5, 5], [2, 1, 2]])
    again = sheet
    again += 1.0
    assert isinstance(again, Sheet)


def test_few_numbers_are_put_in_order_as_numpy_does():
    values = np.array([[3.0, 1.0, 3.0, np.inf, 0.0], [1.0, 1.0, 1.0, 0.0, 2.0]])
    order = Words().argsort(Sheet(jnp.asarray(values)), axis=-1, kind="stable")
    np.testing.assert_array_equal(order.data, np.argsort(values, axis=-1, kind="stable"))


@pytest.mark.parametrize("count", [1, 2, 3, 8, 11, 40])
def test_rows_are_sorted_as_numpy_sorts_them(count):
    values = np.random.default_rng(count).uniform(size=(4, count, 9)).round(1)  # many are equal
    values[values < 0.3] = np.inf
    with jax.enable_x64(True):
        for axis in (-2, 0, 2):
            ordered = Words().sort(Sheet(jnp.asarray(values)), axis=axis)
            np.testing.assert_array_equal(ordered.data, np.sort(values, axis=axis))


@pytest.mark.parametrize(
    "letters", ["...mk,m->...k", "...nk,k->...n", "...nk,k->...", "...nk,nk->...n", "...nk->...n"]
)
def test_sums_of_products_are_those_of_numpy(letters):
    draw = np.random.default_rng(1)
    first = draw.uniform(size=(5, 3, 4))
    given = {"m": (first, first[0, :, 0]), "k": (first, first[0, 0]), "nk": (first, first[0])}
    values = given.get(letters.partition("->")[0].partition(",")[2], (first,))
    with jax.enable_x64(True):
        ours = Words().einsum(letters, *(Sheet(jnp.asarray(value)) for value in values))
    np.testing.assert_allclose(ours.data, np.einsum(letters, *values), rtol=1e-14)


def test_small_powers_less_one_are_exact():
    values = np.concatenate((-np.geomspace(1e-12, 800.0, 400), [0.0], np.geomspace(1e-12, 8.0, 200)))
    with jax.enable_x64(True):
        ours = Words().expm1(Sheet(jnp.asarray(values)))
    np.testing.assert_allclose(ours.data, np.expm1(values), rtol=1e-11, atol=0)


def test_rooms_are_whole_where_the_compiler_multiplies_by_a_reciprocal():
    with jax.enable_x64(True):
        compiled = SOURCE.module("rcpsim.theory.meetings").room_matrix
        salience, invited = np.linspace(0.9, 0.1, 49)[None], np.ones((1, 49))
        size, before = np.array([7.0]), np.tri(49, k=-1, dtype=np.bool_)
        play = jax.jit(lambda *given: bare(compiled(*sheets(given), before)))
        rooms = np.asarray(play(salience, invited, size))
    np.testing.assert_array_equal(rooms, room_matrix(salience, invited, size, before))
    np.testing.assert_array_equal(np.sum(rooms, axis=-1), 6.0)
