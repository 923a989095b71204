"""Completion: the script that lets a shell complete this program behind TAB."""

from __future__ import annotations

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.paper import say_exactly, say_json
from tools.cli.suggestions import COMPLETE_VARIABLE

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        "tillproof completion bash \\",
        "    > ~/.local/share/bash-completion/completions/tillproof",
        "tillproof completion zsh > ~/.zfunc/_tillproof",
        "tillproof completion fish > ~/.config/fish/completions/tillproof.fish",
    )
)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(SHELLS))
@shared
@click.pass_context
def completion(context: click.Context, *, shell: str) -> Exit:
    """Print what lets a shell complete.

    Behind TAB it completes commands and options, terminals of the configuration, and
    references and ids of operations in the journal, which it only reads. Write it
    where the examples say and open a new shell. The folder has to be there; zsh also
    wants it in $fpath, before compinit. For this shell alone:
    eval "$(tillproof completion bash)".
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only here

    kind = get_completion_class(shell)
    if kind is None:
        raise CommandError(f"shell: there is no completion for {shell}; give one of {', '.join(SHELLS)}")
    # Not its source(), which would ask bash how old it is, and cannot where there is none to ask.
    template = kind(context.find_root().command, {}, "tillproof", COMPLETE_VARIABLE)
    script = template.source_template % template.source_vars()
    if context.ensure_object(Ask).as_json:
        say_json({"shell": shell, "script": script})
    else:
        say_exactly(f"{script.strip()}\n")
    return Exit.SETTLED
