"""CPython's package of tests, with `test.support` from here: see ../run.py."""
