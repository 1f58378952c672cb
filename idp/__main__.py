"""`python -m idp` is `idp`."""

from idp.cli import main

main(prog_name="idp")
