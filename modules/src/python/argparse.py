"""Command lines: a parser that is told of arguments, reads them, and explains them."""

import os as _os
import sys as _sys

from _argparse_help import (ArgumentDefaultsHelpFormatter, HelpFormatter, MetavarTypeHelpFormatter,
                            RawDescriptionHelpFormatter, RawTextHelpFormatter)
from _argparse_names import ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE, argument_name

__all__ = [
    "ArgumentParser", "ArgumentError", "ArgumentTypeError", "BooleanOptionalAction", "FileType", "HelpFormatter",
    "ArgumentDefaultsHelpFormatter", "RawDescriptionHelpFormatter", "RawTextHelpFormatter",
    "MetavarTypeHelpFormatter", "Namespace", "Action", "ONE_OR_MORE", "OPTIONAL", "PARSER", "REMAINDER", "SUPPRESS",
    "ZERO_OR_MORE",
]


class ArgumentError(Exception):
    """What is wrong with an argument on the command line."""

    def __init__(self, argument, message):
        self.argument_name = argument_name(argument)
        self.message = message

    def __str__(self):
        if self.argument_name is None:
            return str(self.message)
        return f"argument {self.argument_name}: {self.message}"


class ArgumentTypeError(Exception):
    """Raised by a `type` function: its text is the message."""


class Namespace:
    """The values of arguments, as attributes."""

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        plain = [f"{name}={value!r}" for name, value in vars(self).items() if name.isidentifier()]
        other = {name: value for name, value in vars(self).items() if not name.isidentifier()}
        if other:
            plain.append(f"**{other!r}")
        return f"{type(self).__name__}({', '.join(plain)})"

    def __eq__(self, other):
        return vars(self) == vars(other) if isinstance(other, Namespace) else NotImplemented

    def __contains__(self, name):
        return name in vars(self)


class Action:
    """An argument that a parser knows, and what it does when it is met."""

    def __init__(self, option_strings, dest, nargs=None, const=None, default=None, type=None, choices=None,
                 required=False, help=None, metavar=None, deprecated=False):
        self.option_strings = option_strings
        self.dest = dest
        self.nargs = nargs
        self.const = const
        self.default = default
        self.type = type
        self.choices = choices
        self.required = required
        self.help = help
        self.metavar = metavar
        self.deprecated = deprecated

    def format_usage(self):
        """How the argument is written in a usage line."""
        return self.option_strings[0]

    def __call__(self, parser, namespace, values, option_string=None):
        raise NotImplementedError(".__call__() not defined")


class _StoreAction(Action):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.nargs == 0:
            raise ValueError("nargs for store actions must be != 0; if you have nothing to store, actions such as "
                             "store true or store const may be more appropriate")
        if self.const is not None and self.nargs != OPTIONAL:
            raise ValueError(f"nargs must be {OPTIONAL!r} to supply const")

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


class _StoreConstAction(Action):
    def __init__(self, option_strings, dest, const=None, **kwargs):
        super().__init__(option_strings, dest, nargs=0, const=const, **kwargs)

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, self.const)


class _StoreTrueAction(_StoreConstAction):
    def __init__(self, option_strings, dest, default=False, **kwargs):
        super().__init__(option_strings, dest, const=True, default=default, **kwargs)


class _StoreFalseAction(_StoreConstAction):
    def __init__(self, option_strings, dest, default=True, **kwargs):
        super().__init__(option_strings, dest, const=False, default=default, **kwargs)


class _AppendAction(_StoreAction):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest, None) or ()), values])


class _ExtendAction(_StoreAction):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest, None) or ()), *values])


class _AppendConstAction(_StoreConstAction):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest, None) or ()), self.const])


class _CountAction(Action):
    def __init__(self, option_strings, dest, **kwargs):
        super().__init__(option_strings, dest, nargs=0, **kwargs)

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, (getattr(namespace, self.dest, None) or 0) + 1)


class _HelpAction(Action):
    def __init__(self, option_strings, dest=SUPPRESS, default=SUPPRESS, help=None, deprecated=False):
        super().__init__(option_strings, dest, nargs=0, default=default, help=help, deprecated=deprecated)

    def __call__(self, parser, namespace, values, option_string=None):
        parser.print_help()
        parser.exit()


class _VersionAction(Action):
    def __init__(self, option_strings, version=None, dest=SUPPRESS, default=SUPPRESS, help=None, deprecated=False):
        help = "show program's version number and exit" if help is None else help
        super().__init__(option_strings, dest, nargs=0, default=default, help=help, deprecated=deprecated)
        self.version = version

    def __call__(self, parser, namespace, values, option_string=None):
        version = parser.version if self.version is None else self.version
        formatter = parser._get_formatter()
        formatter.add_text(version)
        parser._print_message(formatter.format_help(), _sys.stdout)
        parser.exit()


class BooleanOptionalAction(Action):
    """`--flag` and `--no-flag`."""

    def __init__(self, option_strings, dest, **kwargs):
        both = []
        for option in option_strings:
            both.append(option)
            if option.startswith("--"):
                if option.startswith("--no-"):
                    raise ValueError(f"invalid option name {option!r} for BooleanOptionalAction")
                both.append("--no-" + option[2:])
        super().__init__(both, dest, nargs=0, **kwargs)

    def __call__(self, parser, namespace, values, option_string=None):
        if option_string in self.option_strings:
            setattr(namespace, self.dest, not option_string.startswith("--no-"))

    def format_usage(self):
        return " | ".join(self.option_strings)


class _SubParsersAction(Action):
    """`add_subparsers`: the first word chooses a parser for the rest."""

    class _Choice(Action):
        def __init__(self, name, aliases, help):
            metavar = f"{name} ({', '.join(aliases)})" if aliases else name
            super().__init__([], name, help=help, metavar=metavar)

    def __init__(self, option_strings, prog, parser_class, dest=SUPPRESS, required=False, help=None, metavar=None):
        self._prog_prefix = prog
        self._parser_class = parser_class
        self._name_parser_map = {}
        self._choices_actions = []
        super().__init__(option_strings, dest, nargs=PARSER, choices=self._name_parser_map, required=required,
                         help=help, metavar=metavar)

    def add_parser(self, name, *, deprecated=False, aliases=(), **kwargs):
        """A parser for the words after `name`."""
        kwargs.setdefault("prog", f"{self._prog_prefix} {name}")
        if name in self._name_parser_map:
            raise ValueError(f"conflicting subparser: {name}")
        if "help" in kwargs:
            self._choices_actions.append(self._Choice(name, aliases, kwargs.pop("help")))
        parser = self._parser_class(**kwargs)
        for each in (name, *aliases):
            self._name_parser_map[each] = parser
        return parser

    def _get_subactions(self):
        return self._choices_actions

    def __call__(self, parser, namespace, values, option_string=None):
        name, *rest = values
        if self.dest is not SUPPRESS:
            setattr(namespace, self.dest, name)
        if name not in self._name_parser_map:
            known = ", ".join(self._name_parser_map)
            raise ArgumentError(self, f"unknown parser {name!r} (choices: {known})")
        found, unknown = self._name_parser_map[name].parse_known_args(rest, None)
        for key, value in vars(found).items():
            setattr(namespace, key, value)
        if unknown:
            parser._unknown.extend(unknown)


class FileType:
    """A `type` that opens the file of that name; `-` is standard input or output."""

    def __init__(self, mode="r", bufsize=-1, encoding=None, errors=None):
        self._mode = mode
        self._bufsize = bufsize
        self._encoding = encoding
        self._errors = errors

    def __call__(self, name):
        if name == "-":
            if "r" in self._mode:
                return _sys.stdin.buffer if "b" in self._mode else _sys.stdin
            if any(letter in self._mode for letter in "wax"):
                return _sys.stdout.buffer if "b" in self._mode else _sys.stdout
            raise ValueError(f"argument \"-\" with mode {self._mode!r}")
        try:
            return open(name, self._mode, self._bufsize, self._encoding, self._errors)
        except OSError as error:
            raise ArgumentTypeError(f"can't open '{name}': {error}") from None


_ACTIONS = {
    None: _StoreAction, "store": _StoreAction, "store_const": _StoreConstAction, "store_true": _StoreTrueAction,
    "store_false": _StoreFalseAction, "append": _AppendAction, "append_const": _AppendConstAction,
    "count": _CountAction, "help": _HelpAction, "version": _VersionAction, "extend": _ExtendAction,
    "parsers": _SubParsersAction,
}


class _Container:
    """Where arguments are added: a parser or a group of it."""

    def _setup(self, parser):
        self._parser = parser
        self._group_actions = []

    def add_argument(self, *names, **kwargs):
        """Add an argument: a positional one by its name, an option by its strings."""
        parser = self._parser
        prefixes = parser.prefix_chars
        if not names or len(names) == 1 and names[0][0] not in prefixes:
            if names and "dest" in kwargs:
                raise TypeError("dest supplied twice for positional argument, did you mean metavar?")
            if "required" in kwargs:
                raise TypeError("'required' is an invalid argument for positionals")
            dest = names[0] if names else kwargs.pop("dest", None)
            if dest is None:
                raise TypeError("missing dest")
            options = []
            nargs = kwargs.get("nargs")
            kwargs["required"] = not (nargs in (OPTIONAL, REMAINDER, SUPPRESS)
                                      or nargs == ZERO_OR_MORE)
        else:
            options = list(names)
            for option in options:
                if option[0] not in prefixes:
                    raise ValueError(f"invalid option string {option!r}: must start with a character {prefixes!r}")
            dest = kwargs.pop("dest", None)
            if dest is None:
                long = [option for option in options if len(option) > 1 and option[1] in prefixes]
                dest = (long or options)[0].lstrip(prefixes).replace("-", "_")
                if not dest:
                    raise TypeError(f"dest= is required for options like {options[0]!r}")
        action = kwargs.pop("action", None)
        cls = _ACTIONS.get(action, action) if action is None or isinstance(action, str) else action
        if not callable(cls):
            raise ValueError(f"unknown action {action!r}")
        if "default" not in kwargs:
            if dest in parser._defaults:
                kwargs["default"] = parser._defaults[dest]
            elif parser.argument_default is not None and cls in (_StoreAction, _AppendAction):
                kwargs["default"] = parser.argument_default
        made = cls(options, dest, **kwargs)
        if made.type is not None and not callable(made.type):
            raise TypeError(f"{made.type!r} is not callable")
        return self._add_action(made)

    def _add_action(self, action):
        parser = self._parser
        for option in action.option_strings:
            known = parser._option_string_actions.get(option)
            if known is None:
                continue
            if parser.conflict_handler != "resolve":
                raise ArgumentError(action, f"conflicting option string: {option}")
            known.option_strings.remove(option)
            if not known.option_strings:
                parser._forget(known)
        parser._actions.append(action)
        for option in action.option_strings:
            parser._option_string_actions[option] = action
        self._group_actions.append(action)
        action.container = self
        return action

    def add_mutually_exclusive_group(self, required=False):
        """A group of which only one argument may be given."""
        group = _MutuallyExclusiveGroup(self, required)
        self._parser._mutually_exclusive_groups.append(group)
        return group


class _ArgumentGroup(_Container):
    """Arguments under a heading of their own."""

    def __init__(self, parser, title, description):
        self._setup(parser)
        self.title = title
        self.description = description


class _MutuallyExclusiveGroup(_Container):
    def __init__(self, container, required):
        self._setup(container._parser)
        self._container = container
        self.required = required

    def _add_action(self, action):
        if action.required:
            raise ValueError("mutually exclusive arguments must be optional")
        action = self._container._add_action(action)
        self._group_actions.append(action)
        return action


class ArgumentParser(_Container):
    """A parser of command lines."""

    def __init__(self, prog=None, usage=None, description=None, epilog=None, parents=(),
                 formatter_class=HelpFormatter, prefix_chars="-", fromfile_prefix_chars=None, argument_default=None,
                 conflict_handler="error", add_help=True, allow_abbrev=True, exit_on_error=True, *,
                 suggest_on_error=True, color=True):
        self.prog = _program_name() if prog is None else prog
        self.usage = usage
        self.description = description
        self.epilog = epilog
        self.formatter_class = formatter_class
        self.prefix_chars = prefix_chars
        self.fromfile_prefix_chars = fromfile_prefix_chars
        self.argument_default = argument_default
        self.conflict_handler = conflict_handler
        self.add_help = add_help
        self.allow_abbrev = allow_abbrev
        self.exit_on_error = exit_on_error
        self.suggest_on_error = suggest_on_error
        self.color = color
        self._defaults = {}
        self._actions = []
        self._option_string_actions = {}
        self._mutually_exclusive_groups = []
        self._unknown = []
        self._setup(self)
        self._positionals = _ArgumentGroup(self, "positional arguments", None)
        self._optionals = _ArgumentGroup(self, "options", None)
        self._action_groups = [self._positionals, self._optionals]
        if add_help:
            first = "-" if "-" in prefix_chars else prefix_chars[0]
            self.add_argument(first + "h", first * 2 + "help", action="help", default=SUPPRESS,
                              help="show this help message and exit")
        for parent in parents:
            for action in parent._actions:
                self._add_action(action)
            self._defaults.update(parent._defaults)

    def __repr__(self):
        names = ("prog", "usage", "description", "formatter_class", "conflict_handler", "add_help")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def _add_action(self, action):
        group = self._optionals if action.option_strings else self._positionals
        return group._add_action(action)

    def _forget(self, action):
        self._actions.remove(action)
        for group in self._action_groups:
            if action in group._group_actions:
                group._group_actions.remove(action)

    def add_argument_group(self, title=None, description=None):
        """A group with a heading of its own in the help."""
        group = _ArgumentGroup(self, title, description)
        self._action_groups.append(group)
        return group

    def add_subparsers(self, title=None, description=None, parser_class=None, **kwargs):
        """Commands, each with a parser of its own."""
        group = self._positionals
        if title or description:
            group = self.add_argument_group(title or "subcommands", description)
        if "prog" not in kwargs:
            formatter = self._get_formatter()
            positionals = [action for action in self._actions if not action.option_strings]
            formatter.add_usage(self.usage, positionals, [], "")
            kwargs["prog"] = formatter.format_help().strip()
        return group._add_action(_SubParsersAction([], parser_class=parser_class or type(self), **kwargs))

    def set_defaults(self, **values):
        """Values of attributes that no argument gives."""
        self._defaults.update(values)
        for action in self._actions:
            if action.dest in values:
                action.default = values[action.dest]

    def get_default(self, dest):
        """The default of an attribute."""
        for action in self._actions:
            if action.dest == dest and action.default is not None:
                return action.default
        return self._defaults.get(dest)

    def parse_args(self, args=None, namespace=None):
        """The namespace; what is not known is an error."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            message = f"unrecognized arguments: {' '.join(unknown)}"
            if self.exit_on_error:
                self.error(message)
            raise ArgumentError(None, message)
        return found

    def parse_known_args(self, args=None, namespace=None):
        """The namespace, and the arguments that are not known."""
        from _argparse_reading import Reading
        args = list(_sys.argv[1:] if args is None else args)
        namespace = Namespace() if namespace is None else namespace
        for action in self._actions:
            if action.dest is not SUPPRESS and not hasattr(namespace, action.dest) and action.default is not SUPPRESS:
                setattr(namespace, action.dest, action.default)
        for dest, value in self._defaults.items():
            if not hasattr(namespace, dest):
                setattr(namespace, dest, value)
        self._unknown = []
        try:
            unknown = Reading(self, args, namespace, ArgumentError, ArgumentTypeError).run()
        except ArgumentError as error:
            if not self.exit_on_error:
                raise
            self.error(str(error))
        return namespace, unknown + self._unknown

    parse_intermixed_args = parse_args
    parse_known_intermixed_args = parse_known_args

    def convert_arg_line_to_args(self, line):
        """The arguments in a line of a file of arguments."""
        return [line]

    def _get_formatter(self):
        return self.formatter_class(prog=self.prog)

    def format_usage(self):
        """The usage lines."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        return formatter.format_help()

    def format_help(self):
        """The whole help."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        formatter.add_text(self.description)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_text(group.description)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def print_usage(self, file=None):
        """Print the usage lines."""
        self._print_message(self.format_usage(), file or _sys.stdout)

    def print_help(self, file=None):
        """Print the whole help."""
        self._print_message(self.format_help(), file or _sys.stdout)

    def _print_message(self, message, file=None):
        if message:
            (file or _sys.stderr).write(message)

    def exit(self, status=0, message=None):
        """End the program."""
        self._print_message(message, _sys.stderr)
        _sys.exit(status)

    def error(self, message):
        """Tell what is wrong, and end the program with status 2."""
        self.print_usage(_sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")


def _program_name():
    main = _sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is None:
        return _os.path.basename(_sys.argv[0]) if _sys.argv else ""
    interpreter = _os.path.basename(_sys.executable or "") or "capers"
    return f"{interpreter} -m {spec.name.removesuffix('.__main__')}"
