"""The second implementation plays Puebla itself, not only random worlds, as the code does."""

import pytest

from rcpsim.quarters import play_quarters
from rcpsim.scenario import load_scenario
from rcpsim.setting import prepare
from tests.benchmarks.plain_case import plain_case
from tests.oracle.beside_the_code import differences
from tests.oracle.oracle_quarter import advance
from tests.oracle.oracle_world import OracleWorld


@pytest.mark.parametrize("name", ["puebla", "midwa"])
def test_a_real_process_comes_out_alike(name):
    run = prepare(load_scenario(name), seed=1, histories=[3])
    case = plain_case(run, 0)
    oracle = OracleWorld(case["world"])
    story = play_quarters(run.world, run.process, run.setting, run.luck, run.theory)
    for q, (world, process, _) in enumerate(story):
        advance(oracle, case["settings"][q], q, case["luck"][q])
        assert not (found := differences(world, process, [oracle.as_dict()])), f"quarter {q}: {found}"
