"""Reading a command line: argparse's parsers hand theirs over to `Reading`."""

from _argparse_names import ArgumentError, PARSER, REMAINDER, SUPPRESS, action_name


class Reading:
    """A command line that is being read. Its words are seen as a pattern too: A for an argument, O for an option,
    - for the word that ends the options. How many words an argument takes is what its own pattern matches."""

    def __init__(self, parser, words, namespace, intermixed):
        self.parser = parser
        self.words = words
        self.namespace = namespace
        self.intermixed = intermixed
        self.positionals = parser._get_positional_actions()
        self.options = {}
        self.pattern = self._pattern()
        self.seen = set()
        self.given = set()
        self.warned = set()
        # What is not known, and its pattern.
        self.extras = []
        self.extras_pattern = []
        self.conflicts = {}
        for group in parser._mutually_exclusive_groups:
            for action in group._group_actions:
                others = [other for other in group._group_actions if other is not action]
                self.conflicts.setdefault(action, []).extend(others)

    def _pattern(self):
        letters = []
        words = iter(enumerate(self.words))
        for place, word in words:
            if word == "--":
                letters.append("-")
                letters.extend("A" for _ in words)
                break
            found = self.parser._parse_optional(word)
            if found is None:
                letters.append("A")
            else:
                self.options[place] = found
                letters.append("O")
        return "".join(letters)

    def run(self):
        """Read it all: the namespace, and the words that are not known."""
        place = 0
        last = max(self.options, default=-1)
        while place <= last:
            following = place
            while following <= last and following not in self.options:
                following += 1
            if not self.intermixed and place != following:
                end = self.take_positionals(place)
                if end > place:
                    place = end
                    continue
            if place not in self.options:
                self.leave(place, following)
                place = following
            place = self.take_option(place)
        if self.intermixed:
            self.leave(place, len(self.words))
            extras = self.take_intermixed()
        else:
            place = self.take_positionals(place)
            extras = self.extras + self.words[place:]
        self.finish()
        return self.namespace, extras

    def leave(self, start, end):
        """Put words among those that are not known."""
        self.extras.extend(self.words[start:end])
        self.extras_pattern.extend(self.pattern[start:end])

    def take_intermixed(self):
        """Give the words that no option took to the positionals, wherever they stand; what is left."""
        words, pattern = self.extras, "".join(self.extras_pattern)
        self.words = [word for word, letter in zip(words, pattern) if letter != "O"]
        self.pattern = pattern.replace("O", "")
        taken = self.take_positionals(0)
        rest = []
        for word, letter in zip(words, pattern):
            if letter != "O" and taken:
                taken -= 1
            else:
                rest.append(word)
        return rest

    def take_option(self, place):
        """Read the option that stands there, with what belongs to it; where the next word is."""
        parser = self.parser
        found = self.options[place]
        if len(found) > 1:
            matches = ", ".join([option for _, option, _, _ in found])
            raise ArgumentError(None, f"ambiguous option: {self.words[place]} could match {matches}")
        action, name, separator, value = found[0]
        steps = []
        while True:
            if action is None:
                self.leave(place, place + 1)
                return place + 1
            if value is None:
                count = parser._match_argument(action, self.pattern[place + 1:])
                end = place + 1 + count
                steps.append((action, self.words[place + 1:end], name))
                break
            end = place + 1
            count = parser._match_argument(action, "A")
            if count == 1:
                steps.append((action, [value], name))
                break
            if count != 0 or name[1] in parser.prefix_chars or value == "":
                raise ArgumentError(action, f"ignored explicit argument {value!r}")
            # Flags in one word: the next letter is an option too.
            if separator or value[0] in parser.prefix_chars:
                raise ArgumentError(action, f"ignored explicit argument {value!r}")
            steps.append((action, [], name))
            name = name[0] + value[0]
            if name not in parser._option_string_actions:
                self.extras.append(name[0] + value)
                self.extras_pattern.append("O")
                break
            action = parser._option_string_actions[name]
            value = value[1:]
            if not value:
                separator = value = None
            elif value[0] == "=":
                separator, value = "=", value[1:]
            else:
                separator = ""
        for action, words, name in steps:
            if action.deprecated and name not in self.warned:
                parser._warning(f"option '{name}' is deprecated")
                self.warned.add(name)
            self.apply(action, words, name)
        return end

    def take_positionals(self, place):
        """Give words to as many positionals as match; where the next word is."""
        counts = self.parser._match_arguments_partial(self.positionals, self.pattern[place:])
        for action, count in zip(self.positionals, counts):
            words = self.words[place:place + count]
            # The word that ends the options is no argument, except of what takes everything.
            if action.nargs == PARSER:
                if self.pattern.startswith("-", place):
                    words.remove("--")
            elif action.nargs != REMAINDER and "-" in self.pattern[place:place + count]:
                words.remove("--")
            place += count
            if words and action.deprecated:
                self.parser._warning(f"argument '{action.dest}' is deprecated")
            self.apply(action, words)
        self.positionals[:] = self.positionals[len(counts):]
        return place

    def apply(self, action, words, name=None):
        """Let an action have its words."""
        self.seen.add(action)
        values = self.parser._get_values(action, words)
        if action.option_strings or words:
            self.given.add(action)
            for other in self.conflicts.get(action, ()):
                if other in self.given:
                    raise ArgumentError(action, f"not allowed with argument {action_name(other)}")
        if values is not SUPPRESS:
            action(self.parser, self.namespace, values, name)

    def finish(self):
        """Convert defaults that are text, and tell what is missing."""
        missing = []
        namespace = self.namespace
        for action in self.parser._actions:
            if action in self.seen:
                continue
            default = action.default
            if action.required:
                missing.append(action_name(action))
            elif (isinstance(default, str) and hasattr(namespace, action.dest)
                  and getattr(namespace, action.dest) is default):
                setattr(namespace, action.dest, self.parser._get_value(action, default))
        if missing:
            raise ArgumentError(None, f"the following arguments are required: {', '.join(missing)}")
        for group in self.parser._mutually_exclusive_groups:
            if group.required and self.given.isdisjoint(group._group_actions):
                names = [action_name(action) for action in group._group_actions if action.help is not SUPPRESS]
                raise ArgumentError(None, f"one of the arguments {' '.join(names)} is required")
