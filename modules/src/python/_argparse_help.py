"""How argparse's help is laid out."""

import os
import textwrap

from _argparse_names import ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE


def _columns():
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size().columns
    except (AttributeError, OSError, ValueError):
        return 80


class HelpFormatter:
    """Collects the parts of a help text and lays them out."""

    def __init__(self, prog, indent_increment=2, max_help_position=24, width=None):
        self._prog = prog
        self._width = _columns() - 2 if width is None else width
        self._increment = indent_increment
        self._max_help_position = min(max_help_position, max(self._width - 20, indent_increment * 2))
        self._parts = []
        self._sections = []
        # How far the longest argument reaches.
        self._longest = 0

    # Collecting

    def start_section(self, heading):
        """Begin a section; it is left out if nothing comes into it."""
        self._sections.append((heading, self._parts))
        self._parts = []

    def end_section(self):
        """End the section."""
        heading, outer = self._sections.pop()
        outer.append((heading, self._parts))
        self._parts = outer

    def add_text(self, text):
        """Add a paragraph."""
        if text is not None and text is not SUPPRESS:
            if "%(prog)" in text:
                text = text % {"prog": self._prog}
            indent = " " * (self._increment * len(self._sections))
            self._parts.append(self._fill_text(text, max(self._width - len(indent), 11), indent) + "\n\n")

    def add_usage(self, usage, actions, groups, prefix=None):
        """Add the usage lines."""
        if usage is SUPPRESS:
            return
        prefix = "usage: " if prefix is None else prefix
        if usage is not None:
            usage %= {"prog": self._prog}
        else:
            usage = self._usage(actions, groups, prefix)
        self._parts.append(f"{prefix}{usage}\n\n")

    def add_arguments(self, actions):
        """Add the arguments of a section, with their help."""
        for action in actions:
            self._parts.append(action)
            self._measure(action, self._increment)

    def _measure(self, action, indent):
        if action.help is not SUPPRESS:
            self._longest = max(self._longest, indent + len(self._invocation(action)))
            for part in getattr(action, "_get_subactions", list)():
                self._measure(part, indent + self._increment)

    def format_help(self):
        """The text."""
        text = self._render(self._parts)
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return text.strip("\n") + "\n" if text else ""

    def _render(self, parts):
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
            elif isinstance(part, tuple):
                heading, inner = part
                body = self._render(inner)
                if body:
                    title = f"{heading}:\n" if heading not in (None, SUPPRESS) else ""
                    text += f"\n{title}{body}\n"
            else:
                text += self._argument(part, self._increment)
        return text

    # Usage

    def _usage(self, actions, groups, prefix):
        optionals = [action for action in actions if action.option_strings]
        positionals = [action for action in actions if not action.option_strings]
        option_parts = self._usage_parts(optionals, groups)
        positional_parts = self._usage_parts(positionals, groups)
        usage = " ".join([self._prog, *option_parts, *positional_parts])
        if len(prefix) + len(usage) <= self._width:
            return usage
        if len(prefix) + len(self._prog) <= 0.75 * self._width:
            indent = " " * (len(prefix) + len(self._prog) + 1)
            if option_parts:
                lines = self._lines([self._prog, *option_parts], indent, prefix)
                lines += self._lines(positional_parts, indent)
            else:
                lines = self._lines([self._prog, *positional_parts], indent, prefix)
        else:
            indent = " " * len(prefix)
            lines = self._lines([*option_parts, *positional_parts], indent)
            if len(lines) > 1:
                lines = self._lines(option_parts, indent) + self._lines(positional_parts, indent)
            lines = [self._prog, *lines]
        return "\n".join(lines)

    def _lines(self, parts, indent, prefix=None):
        lines = []
        line = []
        length = (len(prefix) if prefix is not None else len(indent)) - 1
        for part in parts:
            if length + 1 + len(part) > self._width and line:
                lines.append(indent + " ".join(line))
                line = []
                length = len(indent) - 1
            line.append(part)
            length += len(part) + 1
        if line:
            lines.append(indent + " ".join(line))
        if prefix is not None and lines:
            lines[0] = lines[0][len(indent):]
        return lines

    def _usage_parts(self, actions, groups):
        parts = []
        done = set()
        for action in actions:
            if id(action) in done or action.help is SUPPRESS:
                continue
            group = next((group for group in groups if action in group._group_actions), None)
            if group is None:
                parts.append(self._usage_part(action, bracket=not action.required))
                continue
            members = [member for member in group._group_actions if member.help is not SUPPRESS]
            done.update(map(id, members))
            inner = " | ".join(self._usage_part(member, bracket=False) for member in members)
            if group.required:
                parts.append(f"({inner})" if len(members) > 1 else inner)
            else:
                parts.append(f"[{inner}]")
        return parts

    def _usage_part(self, action, bracket):
        if not action.option_strings:
            return self._format_args(action, self._metavar(action, action.dest))
        if action.nargs == 0:
            text = action.format_usage()
        else:
            text = f"{action.option_strings[0]} {self._format_args(action, self._default_metavar(action))}"
        return f"[{text}]" if bracket else text

    # Arguments

    def _default_metavar(self, action):
        return self._metavar(action, self._get_default_metavar_for_optional(action))

    def _get_default_metavar_for_optional(self, action):
        return action.dest.upper()

    def _get_default_metavar_for_positional(self, action):
        return action.dest

    def _metavar(self, action, default):
        if action.metavar is not None:
            return action.metavar
        if action.choices is not None:
            return "{" + ",".join(map(str, action.choices)) + "}"
        return default

    def _format_args(self, action, metavar):
        nargs = action.nargs
        names = metavar if isinstance(metavar, tuple) else None
        first = names[0] if names else metavar
        if nargs is None:
            return first
        if nargs == OPTIONAL:
            return f"[{first}]"
        if nargs == ZERO_OR_MORE:
            return f"[{first} [{names[1]} ...]]" if names and len(names) == 2 else f"[{first} ...]"
        if nargs == ONE_OR_MORE:
            return f"{first} [{names[1] if names else first} ...]"
        if nargs == REMAINDER:
            return "..."
        if nargs == PARSER:
            return f"{first} ..."
        if nargs == SUPPRESS:
            return ""
        return " ".join(names if names else [first] * nargs)

    def _invocation(self, action):
        if not action.option_strings:
            metavar = self._metavar(action, self._get_default_metavar_for_positional(action))
            return " ".join(metavar) if isinstance(metavar, tuple) else metavar
        if action.nargs == 0:
            return ", ".join(action.option_strings)
        return f"{', '.join(action.option_strings)} {self._format_args(action, self._default_metavar(action))}"

    def _argument(self, action, indent):
        if action.help is SUPPRESS:
            return ""
        inset = " " * indent
        header = self._invocation(action)
        column = min(self._longest + 2, self._max_help_position)
        width = max(self._width - column, 11)
        lines = []
        text = self._expand_help(action) if action.help and action.help.strip() else ""
        help_lines = self._split_lines(text, width) if text else []
        if not help_lines:
            lines.append(inset + header)
        elif len(header) <= column - indent - 2:
            lines.append(f"{inset}{header:<{column - indent}}{help_lines.pop(0)}")
        else:
            lines.append(inset + header)
        lines += [" " * column + line for line in help_lines]
        text = "\n".join(lines) + "\n"
        for part in getattr(action, "_get_subactions", list)():
            text += self._argument(part, indent + self._increment)
        return text

    def _get_help_string(self, action):
        return action.help

    def _expand_help(self, action):
        text = self._get_help_string(action)
        if "%" not in text:
            return text
        values = {name: value for name, value in vars(action).items() if value is not SUPPRESS}
        values["prog"] = self._prog
        for name, value in values.items():
            if hasattr(value, "__name__"):
                values[name] = value.__name__
        if values.get("choices") is not None:
            values["choices"] = ", ".join(map(str, values["choices"]))
        return text % values

    def _split_lines(self, text, width):
        return textwrap.wrap(" ".join(text.split()), width)

    def _fill_text(self, text, width, indent):
        return textwrap.fill(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent)


class RawDescriptionHelpFormatter(HelpFormatter):
    """Leaves descriptions as they are."""

    def _fill_text(self, text, width, indent):
        return "".join(indent + line for line in text.splitlines(keepends=True))


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
