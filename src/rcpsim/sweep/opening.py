"""What a sweep came to, read from its folder: tables and labelled arrays, piece by piece.

A sweep may be larger than the memory: `Sweep.dataset` gives the parts as one Arrow data set, in which
nothing is read before it is asked for; the other ways read the columns named and no others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rcpsim.arrays import Array
from rcpsim.errors import Fault, InputError, UnknownName
from rcpsim.experiment import Experiment, load_experiment
from rcpsim.measures import MEASURES
from rcpsim.results import LIFE, Results
from rcpsim.results import open_results as open_run
from rcpsim.sweep.kinds import kind_of
from rcpsim.sweep.store import MANIFEST, PARTS, SETTINGS, read_footer, read_manifest
from rcpsim.sweep.units import KEYS, TWIN

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.dataset as ds
    import xarray as xr

__all__ = ["Sweep", "open_results", "open_sweep"]


@dataclass(frozen=True, eq=False)
class Sweep:
    """A sweep in its folder.

    Attributes
    ----------
    folder : where it is
    manifest : as written
    experiment : what was asked, with the draws and histories that are there or still to come
    """

    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)
    experiment: Experiment = field(repr=False)

    def __repr__(self) -> str:
        """Return what it is, in a line."""
        done, asked = self.manifest["histories"]["done"], self.manifest["histories"]["asked"]
        return f"<Sweep {self.experiment.id}: {len(self.settings)} settings, {done} of {asked} histories>"

    @cached_property
    def settings(self) -> pd.DataFrame:
        """The settings in the order of the plan: setting, design, point and a column for each factor."""
        import pyarrow.parquet as pq

        table: pd.DataFrame = pq.read_table(self.folder / SETTINGS).drop_columns(["key"]).to_pandas()
        return table

    @property
    def factors(self) -> tuple[str, ...]:
        """The keys of the factors."""
        return tuple(factor.key for factor in self.experiment.factors)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that are kept, the primary one first."""
        kept = self.experiment.measures
        return (kept.primary, *(name for name in kept.keep if name != kept.primary))

    @property
    def dataset(self) -> ds.Dataset:
        """All parts as one Arrow data set: setting, draw, history, quarter, design and the measures."""
        import pyarrow.dataset as ds

        return ds.dataset(sorted((self.folder / PARTS).glob("part-*.parquet")), format="parquet")

    def table(self, measures: Sequence[str] | None = None, **where: object) -> pa.Table:
        """Return rows by setting, draw, history and quarter, as an Arrow table.

        Parameters
        ----------
        measures : columns to read, twin ones with ``_twin``; all where missing
        where : values of key columns that rows must have, such as ``quarter="Y20-Q4"`` or ``setting=3``
        """
        import pyarrow.dataset as ds

        names = self._columns()
        wanted = names if measures is None else list(measures)
        for name in wanted:
            if name not in names:
                raise UnknownName.of("measure", name, names)
        chosen = None
        for key, value in where.items():
            if key not in KEYS:
                raise UnknownName.of("column", key, KEYS)
            condition = (
                ds.field(key).isin(list(value)) if isinstance(value, list | tuple) else ds.field(key) == value
            )
            chosen = condition if chosen is None else chosen & condition
        try:
            table = self.dataset.to_table(columns=[*KEYS, *wanted], filter=chosen)
        except (OSError, ValueError) as error:
            raise self._damaged() from error
        for name in ("design", "quarter"):
            place = table.column_names.index(name)
            table = table.set_column(place, name, table[name].cast("string"))
        order = [("setting", "ascending"), ("draw", "ascending"), ("history", "ascending")]
        return table.sort_by([*order, ("quarter", "ascending")])

    def to_frame(self, measures: Sequence[str] | None = None, **where: object) -> pd.DataFrame:
        """Return rows as a data frame, the values of the factors beside them; as :meth:`table`."""
        import pandas as pd

        rows = self.table(measures, **where).to_pandas()
        factors = self.settings[["setting", "point", *self.factors]]
        return pd.merge(rows, factors, on="setting", how="left")

    def _columns(self) -> list[str]:
        """Return the names of all columns of measures, twin ones among them."""
        twin = [name + TWIN for name in self.measures if name not in LIFE] if self.experiment.twin else []
        return [*self.measures, *twin]

    def _damaged(self) -> InputError:
        """Return the error that names the parts that cannot be read."""
        paths = sorted((self.folder / PARTS).glob("part-*.parquet"))
        bad = [path.name for path in paths if read_footer(path) is None] or ["a part"]
        hint = "the same sweep command mends it"
        return InputError(
            [Fault(str(self.folder), PARTS, f"holds {name} that cannot be read", hint) for name in bad]
        )

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """Labels of the quarters that are kept."""
        import pyarrow.compute as pc

        found = self.dataset.head(100_000, columns=["quarter"])["quarter"]
        return tuple(sorted(pc.unique(found.cast("string")).to_pylist()))

    def values(self, measure: str, quarter: str | None = None) -> Array:
        """Return a measure at the end of a quarter, the last one where none is named.

        Returns
        -------
        (S, D, H)   settings in the order of `settings`; ``nan`` where a history has ended, failed or is
        missing
        """
        wanted = quarter or self.quarters[-1]
        if wanted not in self.quarters:
            raise UnknownName.of("quarter", wanted, self.quarters)
        return self._laid_out(measure, [wanted])[..., 0]

    def __getitem__(self, measure: str) -> xr.DataArray:
        """Return a measure with its axes named: (setting, draw, history, quarter), factors as coordinates."""
        import xarray as xr

        values = self._laid_out(measure, self.quarters)
        settings = self.settings
        coordinates: dict[str, Any] = {
            "setting": settings["setting"].to_numpy(),
            "draw": np.arange(values.shape[1]),
            "history": np.arange(values.shape[2]),
            "quarter": list(self.quarters),
        }
        for name in ("design", "point", *self.factors):
            coordinates[name] = ("setting", settings[name].to_numpy())
        card = MEASURES.get(measure.removesuffix(TWIN))
        about = {} if card is None else {"units": card.unit, "long_name": card.meaning}
        dims = ("setting", "draw", "history", "quarter")
        return xr.DataArray(values, dims=dims, coords=coordinates, name=measure, attrs=about)

    def _laid_out(self, measure: str, quarters: Sequence[str]) -> Array:
        draws = self.experiment.draws
        table = self.table([measure], quarter=list(quarters))
        place = {int(number): row for row, number in enumerate(self.settings["setting"])}
        at = {label: row for row, label in enumerate(quarters)}
        whole = np.full((len(place), draws.count, draws.histories, len(quarters)), np.nan)
        rows = np.array([place[number] for number in table["setting"].to_pylist()], dtype=np.int64)
        when = np.array([at[label] for label in table["quarter"].to_pylist()], dtype=np.int64)
        whole[rows, table["draw"].to_numpy(), table["history"].to_numpy(), when] = table[measure].to_numpy()
        return whole


def open_sweep(folder: str | Path) -> Sweep:
    """Return the sweep of a folder, complete or not.

    Raises
    ------
    InputError
        when it is not the folder of a sweep
    """
    place = Path(folder)
    manifest = read_manifest(place)
    return Sweep(place, manifest, load_experiment(manifest["experiment"]))


def open_results(folder: str | Path) -> Results | Sweep:
    """Return what a folder holds: the results of a run, or a sweep.

    Raises
    ------
    InputError
        when rcpsim wrote neither into it
    """
    place = Path(folder)
    try:
        kind = kind_of(json.loads((place / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):
        kind = ""
    if kind not in ("run", "sweep", ""):
        allowed = "what is opened is the folder of a run or of a sweep"
        raise InputError([Fault(str(place), "", f"is the folder of {kind}", allowed)])
    return open_sweep(place) if kind == "sweep" else open_run(place)
