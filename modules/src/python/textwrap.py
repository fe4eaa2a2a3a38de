"""Filling, indenting and dedenting text."""

__all__ = ["TextWrapper", "wrap", "fill", "dedent", "indent", "shorten"]

_whitespace = "\t\n\x0b\x0c\r "


def _is_letter(char):
    return char == "_" or char.isalnum() and not char.isdecimal()


def _is_word(char):
    return char.isalnum() or char == "_"


def _split_word(word):
    # Breaks a run of non-blanks where a line may end: after a hyphen between letters, around an em dash.
    chunks = []
    start = position = 0
    size = len(word)
    while position < size:
        if word[position] != "-":
            position += 1
            continue
        end = position
        while end < size and word[end] == "-":
            end += 1
        if end - position >= 2:
            # An em dash is a chunk of its own between a word (or punctuation behind it) and a word.
            before = word[position - 1] if position else ""
            after = word[end] if end < size else ""
            if before and after and (_is_word(before) or before in "!\"'&.,?") and _is_word(after):
                chunks += [word[start:position], word[position:end]]
                start = end
        elif position > start and _hyphen_splits(word, position):
            chunks.append(word[start:end])
            start = end
        position = end
    chunks.append(word[start:])
    return [chunk for chunk in chunks if chunk]


def _hyphen_splits(word, position):
    # Two letters before, or one after an earlier hyphen and a letter; the same behind, looking the other way.
    if position < 2 or not _is_letter(word[position - 1]):
        return False
    if not _is_letter(word[position - 2]) and not (
            word[position - 2] == "-" and position >= 3 and _is_letter(word[position - 3])):
        return False
    after = word[position + 1:position + 4]
    if not after or not _is_letter(after[0]):
        return False
    return _is_letter(after[1:2]) or after[1:2] == "-" and _is_letter(after[2:3])


class TextWrapper:
    """Wraps paragraphs; the attributes say how."""

    def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True, replace_whitespace=True,
                 fix_sentence_endings=False, break_long_words=True, drop_whitespace=True, break_on_hyphens=True,
                 tabsize=8, *, max_lines=None, placeholder=" [...]"):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.expand_tabs = expand_tabs
        self.replace_whitespace = replace_whitespace
        self.fix_sentence_endings = fix_sentence_endings
        self.break_long_words = break_long_words
        self.drop_whitespace = drop_whitespace
        self.break_on_hyphens = break_on_hyphens
        self.tabsize = tabsize
        self.max_lines = max_lines
        self.placeholder = placeholder

    def _munge_whitespace(self, text):
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            text = text.translate({ord(char): " " for char in _whitespace})
        return text

    def _split(self, text):
        chunks = []
        start = 0
        while start < len(text):
            blank = text[start] in _whitespace
            end = start
            while end < len(text) and (text[end] in _whitespace) == blank:
                end += 1
            piece = text[start:end]
            if blank or not self.break_on_hyphens:
                chunks.append(piece)
            else:
                chunks += _split_word(piece)
            start = end
        return chunks

    def _split_chunks(self, text):
        return self._split(self._munge_whitespace(text))

    def _fix_sentence_endings(self, chunks):
        # Two spaces after a word that ends in a lowercase letter and a full stop (and perhaps a quote).
        for position in range(len(chunks) - 1):
            if chunks[position + 1] == " ":
                body = chunks[position]
                if body[-1:] in ("\"", "'"):
                    body = body[:-1]
                if len(body) >= 2 and body[-1] in ".!?" and "a" <= body[-2] <= "z":
                    chunks[position + 1] = "  "

    def _handle_long_word(self, reversed_chunks, cur_line, cur_len, width):
        space_left = 1 if width < 1 else width - cur_len
        if self.break_long_words and space_left > 0:
            chunk = reversed_chunks[-1]
            end = space_left
            if self.break_on_hyphens and len(chunk) > space_left:
                hyphen = chunk.rfind("-", 0, space_left)
                if hyphen > 0 and any(char != "-" for char in chunk[:hyphen]):
                    end = hyphen + 1
            cur_line.append(chunk[:end])
            reversed_chunks[-1] = chunk[end:]
        elif not cur_line:
            cur_line.append(reversed_chunks.pop())

    def _wrap_chunks(self, chunks):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            indent = self.subsequent_indent if self.max_lines > 1 else self.initial_indent
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        chunks.reverse()  # so that taking the next one is a pop
        while chunks:
            cur_line = []
            cur_len = 0
            indent = self.subsequent_indent if lines else self.initial_indent
            width = self.width - len(indent)
            if self.drop_whitespace and chunks[-1].strip() == "" and lines:
                del chunks[-1]
            while chunks and cur_len + len(chunks[-1]) <= width:
                cur_len += len(chunks[-1])
                cur_line.append(chunks.pop())
            if chunks and len(chunks[-1]) > width:
                self._handle_long_word(chunks, cur_line, cur_len, width)
                cur_len = sum(map(len, cur_line))
            if self.drop_whitespace and cur_line and cur_line[-1].strip() == "":
                cur_len -= len(cur_line.pop())
            if not cur_line:
                continue
            last_line_fits = not chunks or (self.drop_whitespace and len(chunks) == 1 and not chunks[0].strip())
            if (self.max_lines is None or len(lines) + 1 < self.max_lines
                    or last_line_fits and cur_len <= width):
                lines.append(indent + "".join(cur_line))
                continue
            self._end_with_placeholder(lines, cur_line, cur_len, width, indent)
            break
        return lines

    def _end_with_placeholder(self, lines, cur_line, cur_len, width, indent):
        while cur_line:
            if cur_line[-1].strip() and cur_len + len(self.placeholder) <= width:
                cur_line.append(self.placeholder)
                lines.append(indent + "".join(cur_line))
                return
            cur_len -= len(cur_line.pop())
        if lines:
            previous = lines[-1].rstrip()
            if len(previous) + len(self.placeholder) <= self.width:
                lines[-1] = previous + self.placeholder
                return
        lines.append(indent + self.placeholder.lstrip())

    def wrap(self, text):
        """A list of lines, without newlines."""
        chunks = self._split_chunks(text)
        if self.fix_sentence_endings:
            self._fix_sentence_endings(chunks)
        return self._wrap_chunks(chunks)

    def fill(self, text):
        """The lines of wrap, joined."""
        return "\n".join(self.wrap(text))


def wrap(text, width=70, **kwargs):
    """TextWrapper(width=width, ...).wrap(text)."""
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    """TextWrapper(width=width, ...).fill(text)."""
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    """One line of at most `width`, with blanks collapsed and a placeholder for what was dropped."""
    return TextWrapper(width=width, max_lines=1, **kwargs).fill(" ".join(text.strip().split()))


def dedent(text):
    """Remove the leading whitespace that all lines have in common; blank lines become empty."""
    try:
        lines = text.split("\n")
    except (AttributeError, TypeError):
        raise TypeError(f"expected str object, not {type(text).__qualname__!r}") from None
    solid = [line for line in lines if line and not line.isspace()]
    low, high = min(solid, default=""), max(solid, default="")
    margin = 0
    for margin, char in enumerate(low):
        if char != high[margin] or char not in " \t":
            break
    return "\n".join([line[margin:] if line and not line.isspace() else "" for line in lines])


def indent(text, prefix, predicate=None):
    """Put `prefix` before each line that is not blank, or that `predicate` accepts."""
    result = []
    for line in text.splitlines(True):
        if line.strip() if predicate is None else predicate(line):
            result.append(prefix)
        result.append(line)
    return "".join(result)
