"""Reading a command line: argparse's parsers hand theirs over to `Reading`."""

from _argparse_names import ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE, argument_name, counts


class Reading:
    """A command line that is being read."""

    def __init__(self, parser, args, namespace, error, type_error):
        self.parser = parser
        self.args = self._with_files(args)
        self.namespace = namespace
        self.error = error
        self.type_error = type_error
        self.positionals = [action for action in parser._actions if not action.option_strings]
        self.seen = set()
        self.seen_not_default = []
        self.unknown = []

    def _with_files(self, args):
        prefixes = self.parser.fromfile_prefix_chars
        if prefixes is None:
            return args
        found = []
        for arg in args:
            if not arg or arg[0] not in prefixes:
                found.append(arg)
                continue
            with open(arg[1:]) as file:
                lines = [word for line in file.read().splitlines() for word in
                         self.parser.convert_arg_line_to_args(line)]
            found.extend(self._with_files(lines))
        return found

    def run(self):
        """Read it all; the arguments that are not known."""
        pending = []
        position = 0
        only_positionals = False
        while position < len(self.args):
            arg = self.args[position]
            if arg == "--" and not only_positionals:
                only_positionals = True
                pending.append(None)
                position += 1
                continue
            option = None if only_positionals else self._option(arg)
            if option is None or self._takes_the_rest(pending):
                pending.append(arg)
                position += 1
                continue
            self._positional(pending, last=False)
            action, name, value, separator = option
            if action is None:
                self.unknown.append(arg)
                position += 1
                continue
            position = self._take_option(action, name, value, separator, position)
        self._positional(pending, last=True)
        self._finish()
        return self.unknown

    def _takes_the_rest(self, pending):
        """Whether the positional that the next words belong to takes options for words."""
        left = len(pending)
        for action in self.positionals:
            least, most = counts(action.nargs)
            if action.nargs in (PARSER, REMAINDER):
                return left >= least and left > 0
            left -= least
            if left < 0:
                return False
        return False

    def _option(self, arg):
        """The option that a word is: (action, its name, value, separator); None for no option."""
        parser = self.parser
        if not arg or arg[0] not in parser.prefix_chars:
            return None
        known = parser._option_string_actions
        if arg in known:
            return known[arg], arg, None, None
        if len(arg) == 1:
            return None
        name, equals, value = arg.partition("=")
        if equals and name in known:
            return known[name], name, value, "="
        found = self._abbreviated(name if equals else arg, value if equals else None, arg)
        if len(found) > 1:
            matches = ", ".join(option for _, option, _, _ in found)
            raise self.error(None, f"ambiguous option: {arg} could match {matches}")
        if found:
            return found[0]
        try:
            float(arg)
        except ValueError:
            pass
        else:
            if not any(len(option) == 2 and option[1].isdigit() for option in known):
                return None
        if " " in arg:
            return None
        return None, arg, None, None

    def _abbreviated(self, name, value, arg):
        known = self.parser._option_string_actions
        prefixes = self.parser.prefix_chars
        separator = None if value is None else "="
        if len(arg) > 1 and arg[1] in prefixes:
            if not self.parser.allow_abbrev:
                return []
            return [(action, option, value, separator) for option, action in known.items() if option.startswith(name)]
        short = arg[:2]
        found = [(action, option, arg[2:], "") for option, action in known.items() if option == short]
        if not found and self.parser.allow_abbrev:
            found = [(action, option, value, separator) for option, action in known.items()
                     if option.startswith(name)]
        return found

    def _take_option(self, action, name, value, separator, position):
        position += 1
        least, most = counts(action.nargs)
        while value is not None and most == 0 and separator == "":
            # Flags in one word: the next letter is an option too.
            self._apply(action, [], name)
            name = name[0] + value[0]
            value = value[1:] or None
            following = self.parser._option_string_actions.get(name)
            if following is None:
                raise self.error(action, f"ignored explicit argument {name[1] + (value or '')!r}")
            if value is not None and value.startswith("="):
                value, separator = value[1:], "="
            action = following
            least, most = counts(action.nargs)
        if value is not None:
            if most == 0:
                raise self.error(action, f"ignored explicit argument {value!r}")
            values = [value]
        else:
            values = []
            while position < len(self.args) and (most is None or len(values) < most):
                word = self.args[position]
                if action.nargs not in (REMAINDER, PARSER) and (word == "--" or self._option(word) is not None):
                    break
                values.append(word)
                position += 1
        if len(values) < least:
            raise self.error(action, _expected(action.nargs))
        self._apply(action, values, name)
        return position

    def _positional(self, pending, last):
        """Hand what has been collected to the positionals that it is enough for."""
        words = [word for word in pending if word is not None]
        bounds = [counts(action.nargs) for action in self.positionals]
        number = len(bounds)
        while number and sum(least for least, _ in bounds[:number]) > len(words):
            number -= 1
        taken = 0
        for index in range(number):
            action = self.positionals[index]
            least, most = bounds[index]
            spare = len(words) - taken - sum(least for least, _ in bounds[index:number])
            count = least + spare if most is None else min(most, least + spare)
            if count == 0 and not last:
                # What may have none waits for words after the next option.
                number = index
                break
            self._apply(action, words[taken:taken + count], None)
            taken += count
        del self.positionals[:number]
        self.unknown.extend(words[taken:])
        pending.clear()

    def _apply(self, action, words, name):
        values = self._values(action, words)
        self.seen.add(action)
        if values is not action.default:
            for group in self.parser._mutually_exclusive_groups:
                if action in group._group_actions:
                    for other in self.seen_not_default:
                        if other is not action and other in group._group_actions:
                            raise self.error(action, f"not allowed with argument {argument_name(other)}")
            self.seen_not_default.append(action)
        if values is not SUPPRESS:
            action(self.parser, self.namespace, values, name)

    def _values(self, action, words):
        nargs = action.nargs
        if not words and nargs == OPTIONAL:
            value = action.const if action.option_strings else action.default
            return self._value(action, value) if isinstance(value, str) and value is not SUPPRESS else value
        if not words and nargs == ZERO_OR_MORE and not action.option_strings:
            return action.default if action.default is not None else []
        if nargs in (None, OPTIONAL):
            value = self._value(action, words[0])
            self._check(action, value)
            return value
        values = [self._value(action, word) for word in words]
        if nargs == PARSER:
            self._check(action, values[0])
        elif nargs not in (REMAINDER, SUPPRESS):
            for value in values:
                self._check(action, value)
        return values

    def _value(self, action, word):
        if action.type is None:
            return word
        try:
            return action.type(word)
        except self.type_error as error:
            raise self.error(action, str(error)) from None
        except (TypeError, ValueError):
            name = getattr(action.type, "__name__", repr(action.type))
            raise self.error(action, f"invalid {name} value: {word!r}") from None

    def _check(self, action, value):
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(map(str, action.choices))
            raise self.error(action, f"invalid choice: {value!r} (choose from {choices})")

    def _finish(self):
        """Defaults that are text, and what is missing."""
        missing = []
        for action in self.parser._actions:
            if action in self.seen:
                continue
            if action.required:
                missing.append(argument_name(action))
            elif (isinstance(action.default, str) and action.default is not SUPPRESS
                  and getattr(self.namespace, action.dest, None) is action.default):
                setattr(self.namespace, action.dest, self._value(action, action.default))
        if missing:
            raise self.error(None, f"the following arguments are required: {', '.join(missing)}")
        for group in self.parser._mutually_exclusive_groups:
            if group.required and not any(action in self.seen_not_default for action in group._group_actions):
                names = [argument_name(action) for action in group._group_actions if action.help is not SUPPRESS]
                raise self.error(None, f"one of the arguments {' '.join(names)} is required")


def _expected(nargs):
    if nargs is None:
        return "expected one argument"
    if nargs == OPTIONAL:
        return "expected at most one argument"
    if nargs == ONE_OR_MORE:
        return "expected at least one argument"
    return f"expected {nargs} argument{'' if nargs == 1 else 's'}"
