"""Run the command line as ``python -m rcpsim``."""

from rcpsim.cli import main

if __name__ == "__main__":
    main()
