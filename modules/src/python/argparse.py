"""Command lines: a parser that is told of arguments, reads them, and explains them."""

import os as _os
import re as _re
import sys as _sys

from _argparse_actions import (Action, BooleanOptionalAction, FileType, Namespace, _AppendAction, _AppendConstAction,
                               _AttributeHolder, _CountAction, _ExtendAction, _HelpAction, _StoreAction,
                               _StoreConstAction, _StoreFalseAction, _StoreTrueAction, _SubParsersAction,
                               _VersionAction)
from _argparse_container import _ActionsContainer, _ArgumentGroup, _MutuallyExclusiveGroup
from _argparse_help import (ArgumentDefaultsHelpFormatter, HelpFormatter, MetavarTypeHelpFormatter,
                            RawDescriptionHelpFormatter, RawTextHelpFormatter)
from _argparse_names import (ArgumentError, ArgumentTypeError, ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS,
                             UNRECOGNIZED as _UNRECOGNIZED_ARGS_ATTR, ZERO_OR_MORE, action_name as _get_action_name)

__all__ = [
    "ArgumentParser", "ArgumentError", "ArgumentTypeError", "BooleanOptionalAction", "FileType", "HelpFormatter",
    "ArgumentDefaultsHelpFormatter", "RawDescriptionHelpFormatter", "RawTextHelpFormatter",
    "MetavarTypeHelpFormatter", "Namespace", "Action", "ONE_OR_MORE", "OPTIONAL", "PARSER", "REMAINDER", "SUPPRESS",
    "ZERO_OR_MORE",
]


def _prog_name(prog=None):
    if prog is not None:
        return prog
    spec = getattr(_sys.modules.get("__main__"), "__spec__", None)
    if spec is None:
        return _os.path.basename(_sys.argv[0])
    interpreter = _os.path.basename(_sys.executable)
    if spec.name == "__main__":
        return f"{interpreter} {_sys.argv[0]}"
    return f"{interpreter} -m {spec.name.removesuffix('.__main__')}"


class ArgumentParser(_AttributeHolder, _ActionsContainer):
    """A parser of command lines."""

    def __init__(self, prog=None, usage=None, description=None, epilog=None, parents=[],
                 formatter_class=HelpFormatter, prefix_chars="-", fromfile_prefix_chars=None, argument_default=None,
                 conflict_handler="error", add_help=True, allow_abbrev=True, exit_on_error=True, *,
                 suggest_on_error=False, color=True):
        super().__init__(description=description, prefix_chars=prefix_chars, argument_default=argument_default,
                         conflict_handler=conflict_handler)
        self.prog = _prog_name(prog)
        self.usage = usage
        self.epilog = epilog
        self.formatter_class = formatter_class
        self.fromfile_prefix_chars = fromfile_prefix_chars
        self.add_help = add_help
        self.allow_abbrev = allow_abbrev
        self.exit_on_error = exit_on_error
        self.suggest_on_error = suggest_on_error
        self.color = color
        self._positionals = self.add_argument_group("positional arguments")
        self._optionals = self.add_argument_group("options")
        self._subparsers = None

        def identity(string):
            return string
        self.register("type", None, identity)
        if add_help:
            prefix = "-" if "-" in prefix_chars else prefix_chars[0]
            self.add_argument(prefix + "h", prefix * 2 + "help", action="help", default=SUPPRESS,
                              help="show this help message and exit")
        for parent in parents:
            if not isinstance(parent, ArgumentParser):
                raise TypeError("parents must be a list of ArgumentParser")
            self._add_container_actions(parent)
            self._defaults.update(parent._defaults)

    def _get_kwargs(self):
        names = ("prog", "usage", "description", "formatter_class", "conflict_handler", "add_help")
        return [(name, getattr(self, name)) for name in names]

    # Adding

    def add_subparsers(self, **kwargs):
        """Commands, each with a parser of its own."""
        if self._subparsers is not None:
            raise ValueError("cannot have multiple subparser arguments")
        kwargs.setdefault("parser_class", type(self))
        if "title" in kwargs or "description" in kwargs:
            title = kwargs.pop("title", "subcommands")
            self._subparsers = self.add_argument_group(title, kwargs.pop("description", None))
        else:
            self._subparsers = self._positionals
        if kwargs.get("prog") is None:
            # The usage without options, so that commands show the words before them.
            formatter = self._get_formatter()
            formatter.add_usage(None, self._get_positional_actions(), self._mutually_exclusive_groups, "")
            kwargs["prog"] = formatter.format_help().strip()
        action = self._pop_action_class(kwargs, "parsers")(option_strings=[], **kwargs)
        action._color = self.color
        self._check_help(action)
        self._subparsers._add_action(action)
        return action

    def _add_action(self, action):
        group = self._optionals if action.option_strings else self._positionals
        return group._add_action(action)

    def _get_optional_actions(self):
        return [action for action in self._actions if action.option_strings]

    def _get_positional_actions(self):
        return [action for action in self._actions if not action.option_strings]

    # Reading

    def parse_args(self, args=None, namespace=None):
        """The namespace; what is not known is an error."""
        return self._without_extras(*self.parse_known_args(args, namespace))

    def parse_known_args(self, args=None, namespace=None):
        """The namespace, and the arguments that are not known."""
        return self._parse_known_args2(args, namespace, intermixed=False)

    def parse_intermixed_args(self, args=None, namespace=None):
        """As parse_args, where positionals may stand between the options."""
        return self._without_extras(*self.parse_known_intermixed_args(args, namespace))

    def parse_known_intermixed_args(self, args=None, namespace=None):
        """As parse_known_args, where positionals may stand between the options."""
        for action in self._get_positional_actions():
            if action.nargs in (PARSER, REMAINDER):
                raise TypeError(f"parse_intermixed_args: positional arg with nargs={action.nargs}")
        return self._parse_known_args2(args, namespace, intermixed=True)

    def _without_extras(self, namespace, extras):
        if extras:
            message = f"unrecognized arguments: {' '.join(extras)}"
            if not self.exit_on_error:
                raise ArgumentError(None, message)
            self.error(message)
        return namespace

    def _parse_known_args2(self, args, namespace, intermixed):
        args = list(_sys.argv[1:] if args is None else args)
        if namespace is None:
            namespace = Namespace()
        for action in self._actions:
            if (action.dest is not SUPPRESS and action.default is not SUPPRESS
                    and not hasattr(namespace, action.dest)):
                setattr(namespace, action.dest, action.default)
        for dest, value in self._defaults.items():
            if not hasattr(namespace, dest):
                setattr(namespace, dest, value)
        if self.exit_on_error:
            try:
                namespace, extras = self._parse_known_args(args, namespace, intermixed)
            except ArgumentError as error:
                self.error(str(error))
        else:
            namespace, extras = self._parse_known_args(args, namespace, intermixed)
        if hasattr(namespace, _UNRECOGNIZED_ARGS_ATTR):
            extras.extend(getattr(namespace, _UNRECOGNIZED_ARGS_ATTR))
            delattr(namespace, _UNRECOGNIZED_ARGS_ATTR)
        return namespace, extras

    def _parse_known_args(self, arg_strings, namespace, intermixed):
        from _argparse_reading import Reading
        if self.fromfile_prefix_chars is not None:
            arg_strings = self._read_args_from_files(arg_strings)
        return Reading(self, arg_strings, namespace, intermixed).run()

    def _read_args_from_files(self, arg_strings):
        found = []
        for arg in arg_strings:
            if not arg or arg[0] not in self.fromfile_prefix_chars:
                found.append(arg)
                continue
            try:
                with open(arg[1:], encoding=_sys.getfilesystemencoding(),
                          errors=_sys.getfilesystemencodeerrors()) as file:
                    words = [word for line in file.read().splitlines()
                             for word in self.convert_arg_line_to_args(line)]
                found.extend(self._read_args_from_files(words))
            except OSError as error:
                raise ArgumentError(None, str(error))
        return found

    def convert_arg_line_to_args(self, arg_line):
        """The arguments in a line of a file of arguments."""
        return [arg_line]

    def _match_argument(self, action, arg_strings_pattern):
        found = _re.match(self._get_nargs_pattern(action), arg_strings_pattern)
        if found is not None:
            return len(found.group(1))
        nargs = action.nargs
        if nargs is None:
            expected = "one argument"
        elif nargs == OPTIONAL:
            expected = "at most one argument"
        elif nargs == ONE_OR_MORE:
            expected = "at least one argument"
        else:
            expected = f"{nargs} argument{'' if nargs == 1 else 's'}"
        raise ArgumentError(action, f"expected {expected}")

    def _match_arguments_partial(self, actions, arg_strings_pattern):
        # As many as match at once; those at the end that got nothing wait for what is behind the next option.
        for count in range(len(actions), 0, -1):
            pattern = "".join([self._get_nargs_pattern(action) for action in actions[:count]])
            found = _re.match(pattern, arg_strings_pattern)
            if found is not None:
                counts = [len(part) for part in found.groups()]
                if arg_strings_pattern.startswith("O", found.end()):
                    while counts and not counts[-1]:
                        counts.pop()
                return counts
        return []

    def _parse_optional(self, arg_string):
        # None for an argument; else what options the word may be: (action, option, separator, value).
        known = self._option_string_actions
        if not arg_string or arg_string[0] not in self.prefix_chars:
            return None
        if arg_string in known:
            return [(known[arg_string], arg_string, None, None)]
        if len(arg_string) == 1:
            return None
        option, separator, value = arg_string.partition("=")
        if separator and option in known:
            return [(known[option], option, separator, value)]
        found = self._get_option_tuples(arg_string)
        if found:
            return found
        if self._negative_number_matcher.match(arg_string) and not self._has_negative_number_optionals:
            return None
        if " " in arg_string:
            return None
        return [(None, arg_string, None, None)]

    def _get_option_tuples(self, option_string):
        chars = self.prefix_chars
        known = self._option_string_actions
        if option_string[0] not in chars:
            raise ArgumentError(None, f"unexpected option string: {option_string}")
        name, separator, value = option_string.partition("=")
        if not separator:
            separator = value = None
        if option_string[1] in chars:
            if not self.allow_abbrev:
                return []
            return [(action, option, separator, value) for option, action in known.items()
                    if option.startswith(name)]
        found = []
        for option, action in known.items():
            if option == option_string[:2]:
                found.append((action, option, "", option_string[2:]))
            elif self.allow_abbrev and option.startswith(name):
                found.append((action, option, separator, value))
        return found

    def _get_nargs_pattern(self, action):
        nargs = action.nargs
        if nargs is None:
            pattern = "(-*A-*)"
        elif nargs == OPTIONAL:
            pattern = "(-*A?-*)"
        elif nargs == ZERO_OR_MORE:
            pattern = "(-*[A-]*)"
        elif nargs == ONE_OR_MORE:
            pattern = "(-*A[A-]*)"
        elif nargs == REMAINDER:
            pattern = "(.*)"
        elif nargs == PARSER:
            pattern = "(-*A.*)"
        elif nargs == SUPPRESS:
            pattern = "(-*)"
        else:
            pattern = f"(-*{'-*'.join('A' * nargs)}-*)"
        if action.option_strings:
            # An option's arguments end where the options do.
            pattern = pattern.replace("-*", "").replace("-", "")
        return pattern

    # Values

    def _get_values(self, action, arg_strings):
        nargs = action.nargs
        if not arg_strings and nargs == OPTIONAL:
            value = action.const if action.option_strings else action.default
            if isinstance(value, str) and value is not SUPPRESS:
                value = self._get_value(action, value)
            return value
        if not arg_strings and nargs == ZERO_OR_MORE and not action.option_strings:
            return [] if action.default is None else action.default
        if nargs == SUPPRESS:
            return SUPPRESS
        values = [self._get_value(action, word) for word in arg_strings]
        if nargs == PARSER:
            self._check_value(action, values[0])
        elif nargs != REMAINDER:
            for value in values:
                self._check_value(action, value)
        return values[0] if len(values) == 1 and nargs in (None, OPTIONAL) else values

    def _get_value(self, action, arg_string):
        convert = self._registry_get("type", action.type, action.type)
        if not callable(convert):
            raise TypeError(f"{convert!r} is not callable")
        try:
            return convert(arg_string)
        except ArgumentTypeError as error:
            message = str(error)
        except (TypeError, ValueError):
            name = getattr(action.type, "__name__", repr(action.type))
            message = f"invalid {name} value: {arg_string!r}"
        raise ArgumentError(action, message)

    def _check_value(self, action, value):
        choices = action.choices
        if choices is None:
            return
        if isinstance(choices, str):
            choices = iter(choices)
        if value in choices:
            return
        hint = ""
        if self.suggest_on_error and isinstance(value, str) and all(isinstance(each, str) for each in action.choices):
            import difflib
            closest = difflib.get_close_matches(value, action.choices, 1)
            if closest:
                hint = f", maybe you meant {closest[0]!r}?"
        known = ", ".join(map(str, action.choices))
        raise ArgumentError(action, f"invalid choice: {str(value)!r}{hint} (choose from {known})")

    # Telling

    def _get_formatter(self):
        formatter = self.formatter_class(prog=self.prog)
        if hasattr(formatter, "_set_color"):
            formatter._set_color(self.color)
        return formatter

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
        self._print_message(self.format_usage(), _sys.stdout if file is None else file)

    def print_help(self, file=None):
        """Print the whole help."""
        self._print_message(self.format_help(), _sys.stdout if file is None else file)

    def _print_message(self, message, file=None):
        if message:
            file = file or _sys.stderr
            try:
                file.write(message)
            except (AttributeError, OSError):
                pass

    def exit(self, status=0, message=None):
        """End the program."""
        if message:
            self._print_message(message, _sys.stderr)
        _sys.exit(status)

    def error(self, message):
        """Tell what is wrong, and end the program with status 2."""
        self.print_usage(_sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")

    def _warning(self, message):
        self._print_message(f"{self.prog}: warning: {message}\n", _sys.stderr)
