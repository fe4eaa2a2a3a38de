# Groups, parents, conflicts, words between options, deprecated arguments and what messages say.
import argparse
import sys

sys.stderr = sys.stdout


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except SystemExit as end:
        print('exit', end)
    except Exception as error:
        print(type(error).__name__, error)


def parser(**options):
    return argparse.ArgumentParser('prog', **options)


p = parser()
p.add_argument('--version', action='version', version='%(prog)s 1')
group = p.add_mutually_exclusive_group(required=True)
group.add_argument('--one', action='store_true')
group.add_argument('--two', metavar=('A', 'B'), nargs=2)
p.add_argument('words', nargs='*', default=['none'], help='%(dest)s, by default %(default)s')
p.add_argument('--flag', action=argparse.BooleanOptionalAction)
p.add_argument('-n', type=int, choices=[1, 2], deprecated=True)
p.add_argument('-v', action='count', default=0)
attempt(p.format_help)
for line in ['--one', '--two 1', '--one --two 1 2', '', '--o -vvn2 x y', '--on --no-flag -n3', '-n x --one', '--one -vz',
             '--one a -v b', '--one -- -v', '--version', '--two 1 2 --f', '--flag=1 --one', '-5 --one']:
    attempt(p.parse_args, line.split())
attempt(p.parse_intermixed_args, '--one a -v b'.split())
attempt(p.parse_known_args, '--one --unknown a'.split())

base = parser(add_help=False)
base.add_argument('--base', default='b')
base.add_mutually_exclusive_group().add_argument('-x')
base.set_defaults(kind='base')
p = parser(parents=[base], argument_default=argparse.SUPPRESS, conflict_handler='resolve')
p.add_argument('-x', '--base', type=float)
attempt(p.parse_args, [])
attempt(p.parse_args, ['--base', '1e3'])
attempt(p.format_help)

p = parser(exit_on_error=False)
commands = p.add_subparsers(dest='command', required=True, title='commands', metavar='COMMAND')
add = commands.add_parser('add', aliases=['a'], help='adds')
add.add_argument('items', nargs='+', type=int)
commands.add_parser('old', deprecated=True)
attempt(p.format_help)
for line in ['add 1 2', 'a 3', 'old', 'nope', '', 'add', 'add 1 -z']:
    attempt(p.parse_args, line.split())

p = parser(fromfile_prefix_chars='@')
p.register('type', 'hexadecimal', lambda text: int(text, 16))
p.add_argument('--hex', type='hexadecimal')
attempt(p.parse_args, ['--hex', 'ff'])
attempt(p.parse_args, ['--hex', 'fg'])
for args, options in [(('--hex',), {}), (('x',), dict(required=True)), (('x',), dict(dest='y')), (('--',), {}),
                      (('-a',), dict(nargs=0)), (('-a',), dict(nargs=2, metavar=('b',))), (('-a',), dict(type=5)),
                      (('-a',), dict(action='none')), (('-a', 'b'), {}), (('-a',), dict(help='%(x)s')),
                      (('x',), dict(nargs='many')), (('x',), dict(action='store_true'))]:
    attempt(p.add_argument, *args, **options)
print(p, p._actions[1], argparse.Namespace(a=1, **{'b c': 2}), argparse.FileType('w', encoding='utf-8'), sep='\n')
