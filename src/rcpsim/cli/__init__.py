"""The command line: `rcpsim COMMAND`, a module for each command.

Every module that is loaded at once imports click at most; what computes or draws is imported inside the
command that needs it, so that `rcpsim --help` answers at once. An `RcpsimError` is printed on stderr, one
fault a line, and ends the command with status 2; Ctrl-C ends it with status 130 and leaves nothing behind.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from rcpsim.cli.advising import advise_command
from rcpsim.cli.analysing import analyse_command
from rcpsim.cli.catalogue import check_command, list_command, show_command
from rcpsim.cli.comparing import compare_command
from rcpsim.cli.counterfactual import counterfactual_command
from rcpsim.cli.fitting import fit_command
from rcpsim.cli.hindcasting import hindcast_command
from rcpsim.cli.lessons import lessons_command
from rcpsim.cli.progress import INTERRUPTED
from rcpsim.cli.querying import query_command
from rcpsim.cli.replaying import replay_command
from rcpsim.cli.running import run_command
from rcpsim.cli.sweeping import bundle_command, sweep_command, verify_command
from rcpsim.errors import Fault, OptionError, RcpsimError, did_you_mean, quoted

__all__ = ["main"]

WRONG_INPUT = 2


class _Commands(click.Group):
    """The group of all commands: tells near names, and turns errors into messages and statuses."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            names = self.list_commands(ctx)
            hint = did_you_mean(args[0], names)
            allowed = f"the commands are {', '.join(names)}"
            raise OptionError([Fault("rcpsim", "", f"{quoted(args[0])} is not a command", allowed, hint)])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RcpsimError as error:
            click.echo(str(error), err=True)
            _leave(ctx, WRONG_INPUT)
        except KeyboardInterrupt:
            click.echo("\nInterrupted; nothing is left half-written.", err=True)
            _leave(ctx, INTERRUPTED)
        except MemoryError:
            asked = f"rcpsim {ctx.invoked_subcommand}"
            click.echo(f"{asked}: needs more memory than there is; ask for fewer histories", err=True)
            _leave(ctx, WRONG_INPUT)


def _leave(ctx: click.Context, status: int) -> NoReturn:
    sys.stdout.flush()
    ctx.exit(status)


_HELP = """Simulate regional consultative processes on migration, quarter by quarter.

\b
rcpsim list                                     what there is
rcpsim show puebla                              one process on one page
rcpsim run puebla --years 1996-2010             play it, and write a folder
rcpsim compare small-process large-process      two designs with the same luck
rcpsim hindcast                                 held against the record
rcpsim lessons                                  claims put to the test
rcpsim counterfactual puebla --without process  history run again, same luck
rcpsim advise midwa                             which changes would do it good
rcpsim fit --quick                              what the record leaves open
rcpsim sweep size-and-confidentiality           a question over many settings
"""


@click.group(cls=_Commands, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rcpsim", message="rcpsim %(version)s")
def main() -> None:
    """Run the command that is named."""


for _command in (
    list_command,
    show_command,
    check_command,
    run_command,
    compare_command,
    hindcast_command,
    lessons_command,
    counterfactual_command,
    advise_command,
    fit_command,
    sweep_command,
    analyse_command,
    query_command,
    replay_command,
    verify_command,
    bundle_command,
):
    main.add_command(_command)
main.add_command(counterfactual_command, "rerun")
