"""What a command is asked for is read to its end, and all that is wrong with it is told at once.

click stops at the first word it does not understand. Here each option is read by itself, and one that is not
known is read on as the option nearest to it. What the command itself looks at before it plays (scenarios,
settings, the folder to write) is then looked at with the options that are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

import click

from rcpsim.errors import Fault, OptionError, OutputError, RcpsimError, did_you_mean, near_names, quoted

__all__ = ["AskedCommand", "Faults", "Place"]


class Faults:
    """Gathers what is wrong over several steps, so that all of it is told at once.

    Examples
    --------
    >>> faults = Faults()
    >>> with faults:
    ...     raise OutputError("a is there already")
    >>> with faults:
    ...     raise OptionError([Fault("--years", "", "is lately", "")])
    >>> faults.tell()
    Traceback (most recent call last):
    rcpsim.errors.RcpsimError: a is there already
    --years: is lately
    """

    def __init__(self) -> None:
        self._found: list[RcpsimError] = []

    def __enter__(self) -> None:
        """Begin a step."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """End a step, and keep what it found wrong."""
        if isinstance(error, RcpsimError):
            self._found.append(error)
            return True
        return False

    def __bool__(self) -> bool:
        """Whether anything is wrong by now."""
        return bool(self._found)

    def tell(self) -> None:
        """Raise all that was found, each line once; do nothing where nothing was.

        Raises
        ------
        RcpsimError
            the one that was found, or all of them as one
        """
        if len(self._found) == 1:
            raise self._found[0]
        lines = dict.fromkeys(line for error in self._found for line in str(error).splitlines())
        if lines:
            raise RcpsimError("\n".join(lines))


class Place(click.Path):
    """A folder or a file as it is typed; an empty text names none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if not str(value):
            self.fail("name one", param, ctx)
        try:
            str(value).encode("utf-8")
        except UnicodeEncodeError:
            self.fail("write the name in UTF-8", param, ctx)
        return super().convert(value, param, ctx)


class AskedCommand(click.Command):
    """A command that tells every wrong word at once, in the form of all faults of rcpsim.

    Parameters
    ----------
    looks : what the command looks at before it begins, called with the context and the options; it raises
        what it finds wrong
    """

    def __init__(self, *given: Any, looks: Callable[..., object] | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.looks = looks

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; nothing is begun unless all are right."""
        if ctx.resilient_parsing:  # a shell completes words that are not all there yet
            return super().parse_args(ctx, args)
        trial = self.context_class(self, info_name=ctx.info_name, parent=ctx.parent)
        faults = Faults()
        opts, rest, sure = self._opts(trial, args, faults)
        with trial.scope(cleanup=False):
            whole = self._values(trial, opts, faults, sure)
        if rest and sure:
            with faults:
                extra = " ".join(map(quoted, rest))
                raise OptionError([self._fault(trial, f"has no place for {extra}", self._usage(trial))])
        if faults and whole and sure and self.looks is not None:
            self._look_on(trial, faults)
        faults.tell()
        return super().parse_args(ctx, args)

    def _opts(
        self, trial: click.Context, args: Iterable[str], faults: Faults
    ) -> tuple[dict[str, Any], list[str], bool]:
        """Return what is typed for each parameter, what is left over, and whether that is sure.

        It is not where an option that resembles none is followed by a word, which may be its value.
        """
        words, sure = list(args), True
        while True:
            try:
                opts, rest, _ = self.make_parser(trial).parse_args(list(words))
                return dict(opts), rest, sure
            except click.NoSuchOption as error:
                option, hint = error.option_name, self._nearest(trial, error.option_name)
                with faults:
                    allowed = f"`rcpsim {trial.info_name} --help` tells the options"
                    near = f"did you mean {hint}?" if hint else ""
                    fault = self._fault(trial, f"has no option {option}", allowed, near)
                    raise OptionError([fault]) from None
            except click.BadOptionUsage as error:
                option, hint = error.option_name, ""
                takes_none = any(word.startswith(f"{option}=") for word in words)
                with faults:
                    found = "is given a value" if takes_none else "has no value"
                    allowed = "it takes none" if takes_none else "write it behind the option"
                    raise OptionError([Fault(option, "", found, allowed)]) from None
            place = next((n for n, word in enumerate(words) if _names(word, option)), None)
            if place is None:
                return {}, [], False
            if hint:
                words[place] = words[place].replace(option, hint, 1)
                continue
            bare = "=" not in words.pop(place)
            sure = sure and not (bare and place < len(words) and not words[place].startswith("-"))

    def _nearest(self, trial: click.Context, option: str) -> str:
        known = [name for param in self.get_params(trial) for name in param.opts if name.startswith("--")]
        near = near_names(option.lstrip("-"), [name.lstrip("-") for name in known], 1)
        return f"--{near[0]}" if near else ""

    def _values(self, trial: click.Context, opts: dict[str, Any], faults: Faults, sure: bool) -> bool:
        """Give each parameter its value, or its default where that is wrong; tell if every one has one."""
        whole = True
        for param in sorted(self.get_params(trial), key=lambda one: not one.is_eager):
            try:
                param.handle_parse_result(trial, opts, [])
            except click.MissingParameter:
                whole = False
                with faults:
                    if sure:
                        name = _name_of(param)
                        raise OptionError([self._fault(trial, f"lacks {name}", self._usage(trial))]) from None
            except click.UsageError as error:
                with faults:
                    raise OptionError([_fault_of(param, opts.get(param.name or ""), error)]) from None
                try:
                    param.handle_parse_result(trial, {}, [])
                except click.UsageError:
                    whole = False
        return whole

    def _look_on(self, trial: click.Context, faults: Faults) -> None:
        """Look at the rest with the options that are right."""
        given = {}
        for param in self.get_params(trial):
            if param.expose_value and param.name is not None:
                value = trial.params.get(param.name)
                missing = not isinstance(value, tuple) and param.value_is_missing(value)
                given[param.name] = None if missing else value
        assert self.looks is not None
        with faults, trial.scope(cleanup=False):
            try:
                self.looks(trial, **given)
            except OutputError:
                if given.get("out") is not None:  # else its name is made of all options
                    raise

    def _fault(self, trial: click.Context, found: str, allowed: str, hint: str = "") -> Fault:
        return Fault(f"rcpsim {trial.info_name}", "", found, allowed, hint)

    def _usage(self, trial: click.Context) -> str:
        return f"write rcpsim {trial.info_name} {' '.join(self.collect_usage_pieces(trial))}"


def _names(word: str, option: str) -> bool:
    """Whether a word of the command line is an option, alone, with a value or among short ones."""
    if option.startswith("--"):
        return word.partition("=")[0] == option
    return word.startswith("-") and not word.startswith("--") and option[1:] in word


def _name_of(param: click.Parameter) -> str:
    """Return what a parameter is called on the command line."""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _fault_of(param: click.Parameter, typed: object, error: click.UsageError) -> Fault:
    """Return what is wrong with the value of a parameter, and what may stand there."""
    name, kind, hint = _name_of(param), param.type, ""
    if isinstance(kind, click.Choice):
        options = [str(choice) for choice in kind.choices]
        allowed, hint = f"it must be one of {', '.join(options)}", did_you_mean(typed, options)
    elif isinstance(kind, click.IntRange):
        low, high = kind.min, kind.max
        allowed = "it must be a whole number"
        if low is not None:
            allowed += f" of at least {low}" if high is None else f" from {low} to {high}"
    elif isinstance(kind, click.types.IntParamType):
        allowed = "it must be a whole number"
    elif isinstance(kind, click.types.FloatParamType):
        allowed = "it must be a number"
    else:
        allowed = error.message
    return Fault(name, "", f"is {quoted(typed)}", allowed, hint)
