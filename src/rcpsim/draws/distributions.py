"""From uniforms to other distributions, by inverse distribution functions."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from rcpsim.draws.philox import BLOCK, Uniforms

__all__ = ["exponential", "normal"]


def exponential(u: npt.ArrayLike) -> Uniforms:
    """Return ``-log(u)``, exponential with mean 1: the hazard that has to add up before something happens.

    ``(summed hazard) > exponential(u)`` is true with probability ``1 - exp(-(summed hazard))``.

    Parameters
    ----------
    u : (...) in (0, 1)

    Returns
    -------
    (...) float64, > 0
    """
    result: Uniforms = -np.log(_contiguous(u))
    return result


# Wichura (1988), algorithm AS 241, PPND16: numerators and denominators, lowest power first.
_CENTRE: Final = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL: Final = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL: Final = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)
_UPPER_40_BITS: Final = np.uint64(0xFFFFFFFFFFFFE000)


def normal(u: npt.ArrayLike) -> Uniforms:
    """Return the standard normal quantile of u, by the rational approximation AS 241 of :cite:`wichura1988`.

    The distance to the nearer end of (0, 1) is first cut to 40 significant bits. One step of what is left
    then moves the quantile by far more than the rounding error of the formula, so the function never falls as
    u rises; it is exact to about 2e-12, and ``normal(1 - u) == -normal(u)`` to the bit.

    Parameters
    ----------
    u : (...) in (0, 1)

    Returns
    -------
    (...) float64
    """
    flat = _contiguous(u)
    shape, flat = flat.shape, flat.reshape(-1)
    result = np.empty_like(flat)
    for start in range(0, flat.size, BLOCK):
        part = slice(start, start + BLOCK)
        _quantiles(flat[part], result[part])
    return result.reshape(shape)


def _quantiles(u: Uniforms, out: Uniforms) -> None:
    tail = np.minimum(u, 1.0 - u)
    bits = tail.view(np.uint64)
    np.bitwise_and(bits, _UPPER_40_BITS, out=bits)
    from_half = 0.5 - tail
    square = 0.180625 - from_half * from_half
    np.multiply(from_half, _ratio(square, _CENTRE), out=out)
    outside = np.flatnonzero(from_half > 0.425)
    if outside.size:
        root = np.sqrt(-np.log(tail[outside]))
        far = root > 5.0
        out[outside] = np.where(far, _ratio(root - 5.0, _FAR_TAIL), _ratio(root - 1.6, _TAIL))
    np.copysign(out, u - 0.5, out=out)


def _ratio(x: Uniforms, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Uniforms:
    """Return the ratio of two polynomials by Horner's rule."""
    parts = []
    for powers in coefficients:
        total = x * powers[-1]
        for coefficient in powers[-2:0:-1]:
            total += coefficient
            total *= x
        total += powers[0]
        parts.append(total)
    return np.divide(parts[0], parts[1], out=parts[0])


def _contiguous(u: npt.ArrayLike) -> Uniforms:
    """Return u in one piece: over scattered memory the logarithm may take a path with other last bits."""
    array = np.asarray(u, dtype=np.float64)
    return array if array.flags.c_contiguous else array.copy(order="C")
