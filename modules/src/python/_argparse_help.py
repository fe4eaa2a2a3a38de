"""How argparse's help is laid out."""

import re
import textwrap

from _argparse_names import ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE

__name__ = "argparse"


class HelpFormatter:
    """Collects the parts of a help text and lays them out."""

    class _Section:
        """A heading and what is under it: functions that give the text, with their arguments."""

        def __init__(self, formatter, parent, heading=None):
            self.formatter = formatter
            self.parent = parent
            self.heading = heading
            self.items = []

        def format_help(self):
            formatter = self.formatter
            if self.parent is None:
                return formatter._join_parts([function(*args) for function, args in self.items])
            formatter._indent()
            body = formatter._join_parts([function(*args) for function, args in self.items])
            formatter._dedent()
            if not body:
                return ""
            title = ""
            if self.heading is not None and self.heading is not SUPPRESS:
                title = f"{' ' * formatter._current_indent}{self.heading}:\n"
            return f"\n{title}{body}\n"

    def __init__(self, prog, indent_increment=2, max_help_position=24, width=None, color=True):
        if width is None:
            import shutil
            width = shutil.get_terminal_size().columns - 2
        self._prog = prog
        self._indent_increment = indent_increment
        self._max_help_position = min(max_help_position, max(width - 20, indent_increment * 2))
        self._width = width
        self._current_indent = 0
        self._level = 0
        # How far the longest argument reaches.
        self._action_max_length = 0
        self._root_section = self._Section(self, None)
        self._current_section = self._root_section
        self._whitespace_matcher = re.compile(r"\s+", re.ASCII)
        self._long_break_matcher = re.compile(r"\n\n\n+")
        self._set_color(color)

    def _set_color(self, color):
        self._color = color

    def _indent(self):
        self._current_indent += self._indent_increment
        self._level += 1

    def _dedent(self):
        self._current_indent -= self._indent_increment
        assert self._current_indent >= 0, "Indent decreased below 0."
        self._level -= 1

    def _add_item(self, func, args):
        self._current_section.items.append((func, args))

    # Collecting

    def start_section(self, heading):
        """Begin a section; it is left out if nothing comes into it."""
        self._indent()
        section = self._Section(self, self._current_section, heading)
        self._add_item(section.format_help, [])
        self._current_section = section

    def end_section(self):
        """End the section."""
        self._current_section = self._current_section.parent
        self._dedent()

    def add_text(self, text):
        """Add a paragraph."""
        if text is not None and text is not SUPPRESS:
            self._add_item(self._format_text, [text])

    def add_usage(self, usage, actions, groups, prefix=None):
        """Add the usage lines."""
        if usage is not SUPPRESS:
            self._add_item(self._format_usage, [usage, actions, groups, prefix])

    def add_argument(self, action):
        """Add an argument with its help, and those below it."""
        if action.help is SUPPRESS:
            return
        lengths = [len(self._format_action_invocation(action)) + self._current_indent]
        for part in self._iter_indented_subactions(action):
            lengths.append(len(self._format_action_invocation(part)) + self._current_indent)
        self._action_max_length = max(self._action_max_length, *lengths)
        self._add_item(self._format_action, [action])

    def add_arguments(self, actions):
        """Add the arguments of a section, with their help."""
        for action in actions:
            self.add_argument(action)

    def format_help(self):
        """The text."""
        text = self._root_section.format_help()
        if text:
            text = self._long_break_matcher.sub("\n\n", text).strip("\n") + "\n"
        return text

    def _join_parts(self, part_strings):
        return "".join([part for part in part_strings if part and part is not SUPPRESS])

    # Usage

    def _format_usage(self, usage, actions, groups, prefix):
        if prefix is None:
            prefix = "usage: "
        prog = str(self._prog)
        if usage is not None:
            usage = usage % {"prog": self._prog}
        elif not actions:
            usage = prog
        else:
            options = [action for action in actions if action.option_strings]
            positionals = [action for action in actions if not action.option_strings]
            parts = self._format_actions_usage(options + positionals, groups)
            usage = " ".join([part for part in (prog, parts) if part])
            width = max(self._width - self._current_indent, 11)
            if len(prefix) + len(usage) > width:
                options = self._get_actions_usage_parts(options, groups)
                positionals = self._get_actions_usage_parts(positionals, groups)
                usage = "\n".join(_broken(prog, options, positionals, len(prefix), width))
        return f"{prefix}{usage}\n\n"

    def _format_actions_usage(self, actions, groups):
        return " ".join(self._get_actions_usage_parts(actions, groups))

    def _get_actions_usage_parts(self, actions, groups):
        # Only members of a group that stand together are shown as one.
        spans = []
        for group in groups:
            members = group._group_actions
            if not members:
                raise ValueError(f"empty group {group}")
            if all(action.help is SUPPRESS for action in members) or not set(members).issubset(actions):
                continue
            start = min(map(actions.index, members))
            if set(actions[start:start + len(members)]) == set(members):
                spans.append((start, start + len(members), group.required))
        grouped = {action for start, end, _ in spans for action in actions[start:end]}
        parts = [None if action.help is SUPPRESS else self._action_usage(action, action in grouped)
                 for action in actions]
        for start, end, required in spans:
            shown = [place for place in range(start, end) if parts[place] is not None]
            opening, closing = "[]" if not required else "()" if len(shown) > 1 else ("", "")
            for place in shown[:-1]:
                parts[place] += " |"
            parts[shown[0]] = opening + parts[shown[0]]
            parts[shown[-1]] += closing
        return [part for part in parts if part is not None]

    def _action_usage(self, action, in_group):
        if not action.option_strings:
            part = self._format_args(action, self._get_default_metavar_for_positional(action))
            if in_group and part[0] == "[" and part[-1] == "]":
                part = part[1:-1]
            return part
        if action.nargs == 0:
            part = action.format_usage()
        else:
            args = self._format_args(action, self._get_default_metavar_for_optional(action))
            part = f"{action.option_strings[0]} {args}"
        return part if action.required or in_group else f"[{part}]"

    # Texts and arguments

    def _format_text(self, text):
        if "%(prog)" in text:
            text = text % {"prog": self._prog}
        width = max(self._width - self._current_indent, 11)
        return self._fill_text(text, width, " " * self._current_indent) + "\n\n"

    def _format_action(self, action):
        column = min(self._action_max_length + 2, self._max_help_position)
        width = max(self._width - column, 11)
        room = column - self._current_indent - 2
        inset = " " * self._current_indent
        header = self._format_action_invocation(action)
        first = column
        if not action.help or len(header) > room:
            header = f"{inset}{header}\n"
        else:
            header = f"{inset}{header:<{room}}  "
            first = 0
        parts = [header]
        if action.help and action.help.strip():
            text = self._expand_help(action)
            if text:
                for line in self._split_lines(text, width):
                    parts.append(f"{' ' * first}{line}\n")
                    first = column
        elif not header.endswith("\n"):
            parts.append("\n")
        for part in self._iter_indented_subactions(action):
            parts.append(self._format_action(part))
        return self._join_parts(parts)

    def _format_action_invocation(self, action):
        if not action.option_strings:
            default = self._get_default_metavar_for_positional(action)
            return " ".join(self._metavar_formatter(action, default)(1))
        options = ", ".join(action.option_strings)
        if action.nargs == 0:
            return options
        return f"{options} {self._format_args(action, self._get_default_metavar_for_optional(action))}"

    def _metavar_formatter(self, action, default_metavar):
        # A function that gives so many names of values.
        if action.metavar is not None:
            name = action.metavar
        elif action.choices is not None:
            name = "{" + ",".join(map(str, action.choices)) + "}"
        else:
            name = default_metavar
        return lambda count: name if isinstance(name, tuple) else (name,) * count

    def _format_args(self, action, default_metavar):
        names = self._metavar_formatter(action, default_metavar)
        nargs = action.nargs
        if nargs is None:
            return "%s" % names(1)
        if nargs == OPTIONAL:
            return "[%s]" % names(1)
        if nargs == ZERO_OR_MORE:
            given = names(1)
            return ("[%s [%s ...]]" if len(given) == 2 else "[%s ...]") % given
        if nargs == ONE_OR_MORE:
            return "%s [%s ...]" % names(2)
        if nargs == REMAINDER:
            return "..."
        if nargs == PARSER:
            return "%s ..." % names(1)
        if nargs == SUPPRESS:
            return ""
        try:
            template = " ".join(["%s" for _ in range(nargs)])
        except TypeError:
            raise ValueError("invalid nargs value") from None
        return template % names(nargs)

    def _expand_help(self, action):
        text = self._get_help_string(action)
        if "%" not in text:
            return text
        values = {"prog": self._prog}
        for name, value in vars(action).items():
            if value is not SUPPRESS:
                values[name] = getattr(value, "__name__", value)
        values["prog"] = self._prog
        if values.get("choices") is not None:
            values["choices"] = ", ".join(map(str, values["choices"]))
        return text % values

    def _iter_indented_subactions(self, action):
        parts = getattr(action, "_get_subactions", None)
        if parts is not None:
            self._indent()
            yield from parts()
            self._dedent()

    def _split_lines(self, text, width):
        return textwrap.wrap(self._whitespace_matcher.sub(" ", text).strip(), width)

    def _fill_text(self, text, width, indent):
        text = self._whitespace_matcher.sub(" ", text).strip()
        return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)

    def _get_help_string(self, action):
        return action.help

    def _get_default_metavar_for_optional(self, action):
        return action.dest.upper()

    def _get_default_metavar_for_positional(self, action):
        return action.dest


def _broken(prog, options, positionals, prefix, width):
    # The lines of a usage that is too long for one; the first stands behind a prefix of that length.
    def lines(parts, indent, used):
        found = []
        line = []
        for part in parts:
            if line and used + len(part) > width:
                found.append(indent + " ".join(line))
                line = []
                used = len(indent)
            line.append(part)
            used += len(part) + 1
        if line:
            found.append(indent + " ".join(line))
        return found

    if prefix + len(prog) > 0.75 * width:
        indent = " " * prefix
        found = lines(options + positionals, indent, prefix)
        if len(found) > 1:
            found = lines(options, indent, prefix) + lines(positionals, indent, prefix)
        return [prog, *found]
    indent = " " * (prefix + len(prog) + 1)
    if not options and not positionals:
        return [prog]
    first, rest = (options, positionals) if options else (positionals, [])
    found = lines([prog, *first], indent, prefix)
    found[0] = found[0][len(indent):]
    return found + lines(rest, indent, len(indent))


class RawDescriptionHelpFormatter(HelpFormatter):
    """Leaves descriptions as they are."""

    def _fill_text(self, text, width, indent):
        return "".join([indent + line for line in text.splitlines(keepends=True)])


class RawTextHelpFormatter(RawDescriptionHelpFormatter):
    """Leaves all texts as they are."""

    def _split_lines(self, text, width):
        return text.splitlines()


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    """Tells each argument's default."""

    def _get_help_string(self, action):
        text = "" if action.help is None else action.help
        if "%(default)" not in text and action.default is not SUPPRESS:
            if action.option_strings or action.nargs in (OPTIONAL, ZERO_OR_MORE):
                text += " (default: %(default)s)"
        return text


class MetavarTypeHelpFormatter(HelpFormatter):
    """Names values after their types."""

    def _get_default_metavar_for_optional(self, action):
        return action.type.__name__

    def _get_default_metavar_for_positional(self, action):
        return action.type.__name__
