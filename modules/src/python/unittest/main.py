"""`unittest.main` and the command line of `-m unittest`."""

import os
import sys

from . import loader, runner
from .signals import installHandler

__unittest = True

_NO_TESTS_EXITCODE = 5

USAGE = """\
usage: {prog} [-h] [-v] [-q] [--locals] [--durations N] [-f] [-c] [-b] [-k TESTNAMEPATTERNS] [tests ...]
       {prog} discover [options] [start [pattern [top]]]

tests                a list of any number of test modules, classes and test methods
-h, --help           show this help message and exit
-v, --verbose        Verbose output
-q, --quiet          Quiet output
--locals             Show local variables in tracebacks
--durations N        Show the N slowest test cases (N=0 for all)
-f, --failfast       Stop on first fail or error
-c, --catch          Catch Ctrl-C and display results so far
-b, --buffer         Buffer stdout and stderr during tests
-k PATTERN           Only run tests which match the given substring

discover:
-s, --start-directory START  Directory to start discovery ('.' default)
-p, --pattern PATTERN        Pattern to match tests ('test*.py' default)
-t, --top-level-directory TOP  Top level directory of project (defaults to start directory)
"""


def _convert_name(name):
    """The module's name for the path of a file; any other name as it is."""
    if os.path.isfile(name) and name.lower().endswith('.py'):
        if os.path.isabs(name):
            relative = os.path.relpath(name, os.getcwd())
            if os.path.isabs(relative) or relative.startswith(os.pardir):
                return name
            name = relative
        return os.path.normpath(name)[:-3].replace('\\', '.').replace('/', '.')
    return name


def _convert_select_pattern(pattern):
    return pattern if '*' in pattern else '*%s*' % pattern


class TestProgram:
    """Loads and runs tests as a command line asks."""

    module = None
    verbosity = 1
    failfast = catchbreak = buffer = progName = warnings = testNamePatterns = None
    _discovery_parser = None

    def __init__(self, module='__main__', defaultTest=None, argv=None, testRunner=None,
                 testLoader=loader.defaultTestLoader, exit=True, verbosity=1, failfast=None,
                 catchbreak=None, buffer=None, warnings=None, *, tb_locals=False,
                 durations=None):
        if isinstance(module, str):
            self.module = __import__(module)
            for part in module.split('.')[1:]:
                self.module = getattr(self.module, part)
        else:
            self.module = module
        if argv is None:
            argv = sys.argv
        self.exit = exit
        self.failfast = failfast
        self.catchbreak = catchbreak
        self.verbosity = verbosity
        self.buffer = buffer
        self.tb_locals = tb_locals
        self.durations = durations
        if warnings is None and not sys.warnoptions:
            # Warnings are shown unless the command line says otherwise.
            self.warnings = 'default'
        else:
            self.warnings = warnings
        self.defaultTest = defaultTest
        self.testRunner = testRunner
        self.testLoader = testLoader
        self.progName = os.path.basename(argv[0])
        self.parseArgs(argv)
        self.runTests()

    def _print_help(self, *args, **kwargs):
        print(USAGE.format(prog=self.progName))

    def usageExit(self, msg=None):
        if msg:
            print(msg)
        self._print_help()
        sys.exit(2)

    def parseArgs(self, argv):
        rest = argv[1:]
        if self.module is None and rest and rest[0].lower() == 'discover':
            self._do_discovery(rest[1:])
            return
        tests = self._parse(rest, {})
        if self.module is None and not tests:
            self._do_discovery([])
            return
        if tests:
            self.testNames = [_convert_name(name) for name in tests]
            if __name__ == '__main__':
                self.module = None
        elif self.defaultTest is None:
            # All tests of the module.
            self.testNames = None
        elif isinstance(self.defaultTest, str):
            self.testNames = (self.defaultTest,)
        else:
            self.testNames = list(self.defaultTest)
        self.createTests()

    def _parse(self, args, more):
        """Takes the options out of `args`; `more` maps further options that take
        a value to the attributes for it. Gives what is left."""
        flags = {'-v': ('verbosity', 2), '--verbose': ('verbosity', 2),
                 '-q': ('verbosity', 0), '--quiet': ('verbosity', 0),
                 '--locals': ('tb_locals', True),
                 '-f': ('failfast', True), '--failfast': ('failfast', True),
                 '-c': ('catchbreak', True), '--catch': ('catchbreak', True),
                 '-b': ('buffer', True), '--buffer': ('buffer', True)}
        valued = {'-k': 'k', '--durations': 'durations', **more}
        left = []
        args = list(args)
        while args:
            arg = args.pop(0)
            name, equals, value = arg.partition('=')
            if arg in ('-h', '--help'):
                self._print_help()
                sys.exit(0)
            if arg == '--':
                left += args
                break
            if arg in flags:
                setattr(self, *flags[arg])
            elif arg in valued or equals and name in valued:
                if not equals:
                    if not args:
                        self._refuse(f'argument {name}: expected one argument')
                    value = args.pop(0)
                self._set_valued(name, valued[name], value)
            elif arg[:2] in valued and not arg.startswith('--'):
                self._set_valued(arg[:2], valued[arg[:2]], arg[2:])
            elif arg.startswith('-') and not arg.startswith('--') and len(arg) > 2 and all(
                    '-' + c in flags for c in arg[1:]):
                args[:0] = ['-' + c for c in arg[1:]]
            elif arg.startswith('-') and arg != '-':
                self._refuse(f'unrecognized arguments: {arg}')
            else:
                left.append(arg)
        return left

    def _set_valued(self, name, attribute, value):
        if attribute == 'k':
            if self.testNamePatterns is None:
                self.testNamePatterns = []
            self.testNamePatterns.append(_convert_select_pattern(value))
        elif attribute == 'durations':
            try:
                self.durations = int(value)
            except ValueError:
                self._refuse(f'argument {name}: invalid int value: {value!r}')
        else:
            setattr(self, attribute, value)

    def _refuse(self, message):
        print(f'{self.progName}: error: {message}', file=sys.stderr)
        sys.exit(2)

    def createTests(self, from_discovery=False, Loader=None):
        if self.testNamePatterns:
            self.testLoader.testNamePatterns = self.testNamePatterns
        if from_discovery:
            found_by = self.testLoader if Loader is None else Loader()
            self.test = found_by.discover(self.start, self.pattern, self.top)
        elif self.testNames is None:
            self.test = self.testLoader.loadTestsFromModule(self.module)
        else:
            self.test = self.testLoader.loadTestsFromNames(self.testNames, self.module)

    def _do_discovery(self, argv, Loader=None):
        self.start, self.pattern, self.top = '.', 'test*.py', None
        options = {'-s': 'start', '--start-directory': 'start', '-p': 'pattern',
                   '--pattern': 'pattern', '-t': 'top', '--top-level-directory': 'top'}
        for attribute, value in zip(('start', 'pattern', 'top'), self._parse(argv, options)):
            setattr(self, attribute, value)
        self.createTests(from_discovery=True, Loader=Loader)

    def runTests(self):
        if self.catchbreak:
            installHandler()
        if self.testRunner is None:
            self.testRunner = runner.TextTestRunner
        if isinstance(self.testRunner, type):
            options = {'verbosity': self.verbosity, 'failfast': self.failfast,
                       'buffer': self.buffer, 'warnings': self.warnings}
            try:
                made = self.testRunner(tb_locals=self.tb_locals, durations=self.durations,
                                       **options)
            except TypeError:
                # A runner that does not know all of them.
                try:
                    made = self.testRunner(**options)
                except TypeError:
                    made = self.testRunner()
        else:
            made = self.testRunner
        self.result = made.run(self.test)
        if self.exit:
            if not self.result.wasSuccessful():
                sys.exit(1)
            elif self.result.testsRun == 0 and len(self.result.skipped) == 0:
                sys.exit(_NO_TESTS_EXITCODE)
            else:
                sys.exit(0)


main = TestProgram
