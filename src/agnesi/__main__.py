"""`python -m agnesi`: the command line."""

from agnesi.cli import main

main()
