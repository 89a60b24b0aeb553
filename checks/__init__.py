"""Checks of this repository that no ready-made tool does; run by `make check`."""
