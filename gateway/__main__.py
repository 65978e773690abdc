"""`python -m gateway` is `mock-smev`."""

from gateway.cli import main

if __name__ == "__main__":
    main()
