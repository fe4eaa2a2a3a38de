"""Runs one of CPython's test modules, unmodified, and prints what became of it.

    capers tests/cpython/run.py LIB NAME [PATTERN ...]

With patterns, only the tests whose names contain one of them are run, and the
whole traceback of each failure is printed.
"""

import os
import sys
import traceback
import unittest


class Outcome(unittest.TestResult):
    """Counts tests; a test with several failed subtests has failed once."""

    def __init__(self):
        super().__init__()
        self.bad = {}

    def note(self, kind, test, err):
        test = getattr(test, 'test_case', test)
        texts = self.bad.setdefault(test.id(), (kind, []))[1]
        texts.append(self._exc_info_to_string(err, test))

    def addFailure(self, test, err):
        self.note('FAIL', test, err)

    def addError(self, test, err):
        self.note('ERROR', test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self.note('FAIL' if failed else 'ERROR', test, err)

    def addUnexpectedSuccess(self, test):
        self.bad[test.id()] = ('FAIL', ['unexpected success'])


def tests_in(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_in(test)
        else:
            yield test


def main():
    lib, name, *patterns = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    if here not in sys.path:
        sys.path.insert(0, here)
    # `test.support` is found here, everything else of `test` in CPython's folder.
    import test
    test.__path__.append(os.path.join(os.path.abspath(lib), 'test'))
    loader = unittest.TestLoader()
    try:
        suite = loader.loadTestsFromName('test.' + name)
    except Exception as error:
        print(f'{name}: ran 0, passed 0, failed 0, errors 1, skipped 0')
        if patterns:
            traceback.print_exception(error)
        print(f'  ERROR {name}: {type(error).__name__}: {error}')
        return 1
    if patterns:
        chosen = [t for t in tests_in(suite) if any(p in t.id() for p in patterns)]
        suite = unittest.TestSuite(chosen)
    outcome = Outcome()
    suite.run(outcome)
    kinds = [kind for kind, texts in outcome.bad.values()]
    failed, errors, skipped = kinds.count('FAIL'), kinds.count('ERROR'), len(outcome.skipped)
    passed = outcome.testsRun - failed - errors - skipped
    print(f'{name}: ran {outcome.testsRun}, passed {passed}, failed {failed}, '
          f'errors {errors}, skipped {skipped}')
    for test_id, (kind, texts) in outcome.bad.items():
        if patterns:
            print(f'  {kind} {test_id}')
            print('\n'.join(texts))
        else:
            print(f'  {kind} {test_id}: {texts[0].strip().splitlines()[-1]}')
    return 1 if outcome.bad else 0


if __name__ == '__main__':
    sys.exit(main())
