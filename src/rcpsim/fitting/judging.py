"""What a fit taught: of the patterns, of each other, of the parameters, and of a process that was left out.

Shares of prior volume and everything that is said of patterns are taken from the first wave, which is even
over the whole prior. What is said of parameters is taken from the plausible sets, beside the draws of the
prior that pass the plausibility filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rcpsim.arrays import Array, BoolArray
from rcpsim.draws import parameter_uniform
from rcpsim.fitting.emulating import CUTOFF
from rcpsim.fitting.matching import accepted, misses
from rcpsim.fitting.running import Fit
from rcpsim.fitting.sampling import free_names
from rcpsim.hindcast.scoring import crps_over
from rcpsim.parameter_sets import filtered_prior
from rcpsim.patterns import ACROSS, Pattern

__all__ = [
    "LEARNT_BY",
    "TAUGHT",
    "Held",
    "Learnt",
    "LeftOut",
    "Pull",
    "filtered_quantiles",
    "held",
    "in_the_way",
    "learnt",
    "left_out",
    "met_by_none",
    "pulls",
]

LEARNT_BY: Final = 3.5
"""Standard errors beyond which chance is not believed: one in two thousand, as there are many parameters."""

CLOSE: Final = 1.0
"""Standard deviations within which a pattern counts as met closely, where patterns are held to each other."""

TAUGHT: Final = ("learnt", "filter only", "prior only")
"""Whether the record says more of a parameter than the filter, the filter more than the prior, or neither."""

_FEWEST_PAIRS: Final = 30
_FEWEST_LEFT: Final = 20
_EVEN: Final = 1.0 / 12.0
"""Variance of what is as likely anywhere from 0 to 1."""


@dataclass(frozen=True)
class Held:
    """How one pattern fared in the first wave.

    Attributes
    ----------
    name : process and id
    strong : whether a set must not miss it
    told : share of histories that were described
    spread : standard deviation over histories of one set, in the unit of the pattern
    error : documented error
    meets : share of prior volume that does not miss it by more than 3 sd, among histories that tell
    close : share within 1 sd
    alone : sets that would be accepted if this pattern were no pattern; of a weak one, as it is
    """

    name: str
    strong: bool
    told: float
    spread: float
    error: float
    meets: float
    close: float
    alone: int


@dataclass(frozen=True)
class Pull:
    """Two strong patterns, and how meeting one closely bears on meeting the other.

    Attributes
    ----------
    one, other : their names
    pairs : sets of the first wave that tell both
    other_if_one, other_if_not : share that meets the other closely, if the one is met closely and if not
    z : difference of the two over its standard error; below 0 they pull against each other
    """

    one: str
    other: str
    pairs: int
    other_if_one: float
    other_if_not: float
    z: float


@dataclass(frozen=True)
class Learnt:
    """What the plausible sets say of one parameter, and what of it the plausibility filter says already.

    All variances and means are those of the quantile of the prior, which is even from 0 to 1.

    Attributes
    ----------
    name : of the card
    ratio : variance over the plausible sets over that of the prior
    by_filter : variance over the draws of the prior that pass the filter over that of the prior
    by_record : variance over the plausible sets over that of the draws that pass the filter
    middle : mean over the plausible sets; .5 is the prior's
    filtered : mean over the draws that pass the filter
    low, high : quantiles between which nine of ten plausible sets lie
    verdict : one of `TAUGHT`
    """

    name: str
    ratio: float
    by_filter: float
    by_record: float
    middle: float
    filtered: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class LeftOut:
    """A process predicted from what the others allow.

    Attributes
    ----------
    process : that is left out
    pattern : of it
    sets : sets of the first wave that the strong patterns of the others allow and that tell the pattern
    documented : what happened
    prior, posterior : median and ends of the 90 % interval over all sets, and over those allowed
    score_prior, score : continuous ranked probability score of the two over the documented range, in the unit
        of the pattern; less is better
    """

    process: str
    pattern: str
    sets: int
    documented: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    score_prior: float
    score: float


def held(fit: Fit) -> tuple[Held, ...]:
    """Return how every pattern fared over the prior."""
    first = fit.waves[0]
    miss = misses(fit.plan.patterns, first.seen, fit.spread)
    strong = fit.strong
    found = []
    for place, pattern in enumerate(fit.plan.patterns):
        assert pattern.documented is not None
        own = miss[:, place]
        told = ~np.isnan(own)
        others = strong[strong != place]
        found.append(
            Held(
                name=pattern.name,
                strong=pattern.strong,
                told=float(told.mean()),
                spread=float(fit.spread[place]),
                error=pattern.documented.error,
                meets=_share(own <= CUTOFF, told),
                close=_share(own <= CLOSE, told),
                alone=int(accepted(miss[:, others]).sum()),
            )
        )
    return tuple(found)


def pulls(fit: Fit) -> tuple[Pull, ...]:
    """Return every pair of strong patterns that enough sets tell, those that pull hardest apart first."""
    miss = misses(fit.plan.patterns, fit.waves[0].seen, fit.spread)[:, fit.strong]
    names = [fit.plan.patterns[place].name for place in fit.strong]
    found = []
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            told = ~np.isnan(miss[:, a] + miss[:, b])
            one, other = miss[told, a] <= CLOSE, miss[told, b] <= CLOSE
            yes, no = int(one.sum()), int((~one).sum())
            if min(yes, no) < _FEWEST_PAIRS:
                continue
            rates = float(other[one].mean()), float(other[~one].mean())
            pooled = float(other.mean())
            error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / yes + 1.0 / no))
            z = (rates[0] - rates[1]) / error if error > 0.0 else 0.0
            found.append(Pull(names[a], names[b], int(told.sum()), *rates, float(z)))
    return tuple(sorted(found, key=lambda pull: pull.z))


def in_the_way(fit: Fit, enough: int) -> tuple[tuple[str, int], ...]:
    """Return strong patterns in the order in which setting them aside would leave most sets.

    One after the other is dropped until `enough` sets of the first wave are left or two patterns remain;
    where none that is dropped leaves more, the one that the fewest sets meet goes first.

    Returns
    -------
    pairs of a pattern and the sets left once it and those before it are set aside
    """
    left = list(fit.strong)
    miss = misses(fit.plan.patterns, fit.waves[0].seen, fit.spread)
    found: list[tuple[str, int]] = []
    while len(left) > 2 and (not found or found[-1][1] < enough):
        gains = [
            (int(accepted(miss[:, [one for one in left if one != place]]).sum()), place) for place in left
        ]
        meets = {place: int((miss[:, place] <= CUTOFF).sum()) for place in left}
        sets, place = max(gains, key=lambda gain: (gain[0], -meets[gain[1]], -gain[1]))
        left.remove(place)
        found.append((fit.plan.patterns[place].name, sets))
    return tuple(found)


def met_by_none(fit: Fit) -> tuple[str, ...]:
    """Return the strong patterns that no set of the first wave meets by itself: they tell of the model."""
    miss = misses(fit.plan.patterns, fit.waves[0].seen, fit.spread)
    return tuple(
        fit.plan.patterns[place].name for place in fit.strong if not (miss[:, place] <= CUTOFF).any()
    )


def learnt(fit: Fit) -> tuple[Learnt, ...]:
    """Return what the plausible sets say of each parameter, the most learnt first; nothing without sets.

    The plausible sets have passed the plausibility filter too. So they are held against the draws of the
    prior that pass it (`filtered_quantiles`): that is what the record says. These draws are held against the
    prior: that is what the filter says.
    """
    points = fit.points
    if points.shape[0] < 2:
        return ()
    kept = filtered_quantiles()
    found = []
    for place, name in enumerate(free_names()):
        own, base = points[:, place], kept[:, place]
        variance, before = float(np.var(own, ddof=1)), float(np.var(base, ddof=1))
        said = _moved(own, before, float(base.mean()), 1.0 / base.size)
        verdict = TAUGHT[0] if said else TAUGHT[1] if _moved(base, _EVEN, 0.5, 0.0) else TAUGHT[2]
        low, high = np.quantile(own, (0.05, 0.95))
        found.append(
            Learnt(
                name=name,
                ratio=variance / _EVEN,
                by_filter=before / _EVEN,
                by_record=variance / before,
                middle=float(own.mean()),
                filtered=float(base.mean()),
                low=float(low),
                high=float(high),
                verdict=verdict,
            )
        )
    return tuple(sorted(found, key=lambda one: (TAUGHT.index(one.verdict), one.by_record)))


def filtered_quantiles() -> Array:
    """Return the draws of the prior that pass the plausibility filter, as quantiles: (draws, P).

    Raises
    ------
    InputError
        when the package holds none, or those of other cards
    """
    kept = filtered_prior()
    return np.stack([parameter_uniform(kept.seed, kept.survivors, name) for name in free_names()], axis=1)


def _moved(sample: Array, variance: float, middle: float, one_over: float) -> bool:
    """Tell whether variance or mean of a sample differ from what they are held against by more than chance.

    Parameters
    ----------
    sample : (n,)
    variance, middle : what they are held against
    one_over : one over the number of draws that these come from; 0 where they are exact
    """
    chance = 1.0 / sample.size + one_over
    ratio = float(np.var(sample, ddof=1)) / variance
    narrower = abs(ratio - 1.0) > LEARNT_BY * np.sqrt(0.8 * chance)  # the kurtosis of an even variable is 9/5
    aside = abs(float(sample.mean()) - middle) > LEARNT_BY * np.sqrt(variance * chance)
    return bool(narrower or aside)


def left_out(fit: Fit) -> tuple[LeftOut, ...]:
    """Return how well each process is told by what the others allow.

    The stored histories of the first wave are weighted anew: those of sets that miss no strong pattern of the
    other processes count one, the rest nothing. A pattern across processes counts for none of those it looks
    at, and one that no set meets counts for none. Scores are taken over the documented range, as in the
    hindcast.
    """
    patterns = fit.plan.patterns
    seen = fit.waves[0].seen
    miss = misses(patterns, seen, fit.spread)
    hopeless = met_by_none(fit)
    found = []
    for process in fit.plan.processes:
        own = [place for place in fit.strong if patterns[place].process == process]
        others = [
            place
            for place in fit.strong
            if not _looks_at(patterns[place], process) and patterns[place].name not in hopeless
        ]
        if not own or not others:
            continue
        allowed = accepted(miss[:, others])
        for place in own:
            documented = patterns[place].documented
            assert documented is not None
            everyone = seen[~np.isnan(seen[:, place]), place]
            chosen = seen[allowed & ~np.isnan(seen[:, place]), place]
            if chosen.size < _FEWEST_LEFT:
                continue
            found.append(
                LeftOut(
                    process=process,
                    pattern=patterns[place].name,
                    sets=chosen.size,
                    documented=documented.value,
                    prior=_interval(everyone),
                    posterior=_interval(chosen),
                    score_prior=crps_over(everyone, documented),
                    score=crps_over(chosen, documented),
                )
            )
    return tuple(found)


def _looks_at(pattern: Pattern, process: str) -> bool:
    """Return whether a pattern is read off a process; a comparison that names none is read off all."""
    if pattern.process == ACROSS and not pattern.processes:
        return True
    return process in (pattern.process, *pattern.processes)


def _interval(values: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _share(yes: BoolArray, among: BoolArray) -> float:
    count = int(among.sum())
    return float((yes & among).sum() / count) if count else float("nan")
