"""Comparing sequences: what two have in common, and how lines of text differ."""

from collections import namedtuple as _namedtuple
from heapq import nlargest as _nlargest
from types import GenericAlias

__all__ = ['get_close_matches', 'ndiff', 'restore', 'SequenceMatcher', 'Differ',
           'IS_CHARACTER_JUNK', 'IS_LINE_JUNK', 'context_diff', 'unified_diff',
           'diff_bytes', 'Match']

Match = _namedtuple('Match', 'a b size')


def _share(matches, length):
    return 2.0 * matches / length if length else 1.0


class SequenceMatcher:
    """Compares two sequences of hashable elements by their longest common runs,
    leaving out what `isjunk` calls junk. With `autojunk`, elements that make up
    more than a hundredth of a `b` of 200 and more start no run."""

    def __init__(self, isjunk=None, a='', b='', autojunk=True):
        self.isjunk = isjunk
        self.a = self.b = None
        self.autojunk = autojunk
        self.set_seqs(a, b)

    def set_seqs(self, a, b):
        self.set_seq1(a)
        self.set_seq2(b)

    def set_seq1(self, a):
        if a is self.a:
            return
        self.a = a
        self.matching_blocks = self.opcodes = None

    def set_seq2(self, b):
        if b is self.b:
            return
        self.b = b
        self.matching_blocks = self.opcodes = None
        self.fullbcount = None
        self.b2j = b2j = {}
        for j, element in enumerate(b):
            b2j.setdefault(element, []).append(j)
        self.bjunk = set()
        if self.isjunk:
            self.bjunk = {element for element in b2j if self.isjunk(element)}
            for element in self.bjunk:
                del b2j[element]
        self.bpopular = set()
        if self.autojunk and len(b) >= 200:
            most = len(b) // 100 + 1
            self.bpopular = {element for element, places in b2j.items() if len(places) > most}
            for element in self.bpopular:
                del b2j[element]

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        """The longest run in a[alo:ahi] that is also in b[blo:bhi], the first of
        several, as a Match. The run begins with no junk, but takes in the junk
        around it that matches too."""
        a, b, is_junk = self.a, self.b, self.bjunk.__contains__
        if ahi is None:
            ahi = len(a)
        if bhi is None:
            bhi = len(b)
        best_a, best_b, best = alo, blo, 0
        # How long the run is that ends at b[j] and the element of a before.
        lengths = {}
        for i in range(alo, ahi):
            longer = {}
            for j in self.b2j.get(a[i], ()):
                if j < blo:
                    continue
                if j >= bhi:
                    break
                size = longer[j] = lengths.get(j - 1, 0) + 1
                if size > best:
                    best_a, best_b, best = i - size + 1, j - size + 1, size
            lengths = longer
        for junk in (False, True):
            while (best_a > alo and best_b > blo and is_junk(b[best_b - 1]) is junk
                   and a[best_a - 1] == b[best_b - 1]):
                best_a, best_b, best = best_a - 1, best_b - 1, best + 1
            while (best_a + best < ahi and best_b + best < bhi
                   and is_junk(b[best_b + best]) is junk
                   and a[best_a + best] == b[best_b + best]):
                best += 1
        return Match(best_a, best_b, best)

    def get_matching_blocks(self):
        """The matching runs as Matches in order; the last is one of size 0 at the end."""
        if self.matching_blocks is not None:
            return self.matching_blocks
        pending = [(0, len(self.a), 0, len(self.b))]
        found = []
        while pending:
            alo, ahi, blo, bhi = pending.pop()
            i, j, size = match = self.find_longest_match(alo, ahi, blo, bhi)
            if not size:
                continue
            found.append(match)
            if alo < i and blo < j:
                pending.append((alo, i, blo, j))
            if i + size < ahi and j + size < bhi:
                pending.append((i + size, ahi, j + size, bhi))
        found.sort()
        joined = []
        for i, j, size in found:
            if joined and joined[-1][0] + joined[-1][2] == i and joined[-1][1] + joined[-1][2] == j:
                i, j, size = joined[-1][0], joined[-1][1], joined.pop()[2] + size
            joined.append((i, j, size))
        joined.append((len(self.a), len(self.b), 0))
        self.matching_blocks = list(map(Match._make, joined))
        return self.matching_blocks

    def get_opcodes(self):
        """How to make a into b: (tag, a start, a end, b start, b end), the tag being
        'replace', 'delete', 'insert' or 'equal'."""
        if self.opcodes is not None:
            return self.opcodes
        i = j = 0
        self.opcodes = steps = []
        for ai, bj, size in self.get_matching_blocks():
            if i < ai and j < bj:
                steps.append(('replace', i, ai, j, bj))
            elif i < ai:
                steps.append(('delete', i, ai, j, bj))
            elif j < bj:
                steps.append(('insert', i, ai, j, bj))
            i, j = ai + size, bj + size
            if size:
                steps.append(('equal', ai, i, bj, j))
        return steps

    def get_grouped_opcodes(self, n=3):
        """Generates groups of opcodes with no more than n elements in common around each."""
        steps = self.get_opcodes() or [("equal", 0, 1, 0, 1)]
        steps = list(steps)
        if steps[0][0] == 'equal':
            tag, i1, i2, j1, j2 = steps[0]
            steps[0] = tag, max(i1, i2 - n), i2, max(j1, j2 - n), j2
        if steps[-1][0] == 'equal':
            tag, i1, i2, j1, j2 = steps[-1]
            steps[-1] = tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)
        group = []
        for tag, i1, i2, j1, j2 in steps:
            if tag == 'equal' and i2 - i1 > 2 * n:
                group.append((tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)))
                yield group
                group = []
                i1, j1 = max(i1, i2 - n), max(j1, j2 - n)
            group.append((tag, i1, i2, j1, j2))
        if group and not (len(group) == 1 and group[0][0] == 'equal'):
            yield group

    def ratio(self):
        """How alike the sequences are, from 0 to 1."""
        matches = sum(block[-1] for block in self.get_matching_blocks())
        return _share(matches, len(self.a) + len(self.b))

    def quick_ratio(self):
        """An upper bound of `ratio`, by the numbers of each element."""
        if self.fullbcount is None:
            self.fullbcount = counts = {}
            for element in self.b:
                counts[element] = counts.get(element, 0) + 1
        left = {}
        matches = 0
        for element in self.a:
            number = left.get(element)
            if number is None:
                number = self.fullbcount.get(element, 0)
            left[element] = number - 1
            matches += number > 0
        return _share(matches, len(self.a) + len(self.b))

    def real_quick_ratio(self):
        """An upper bound of `ratio`, by the lengths alone."""
        la, lb = len(self.a), len(self.b)
        return _share(min(la, lb), la + lb)

    __class_getitem__ = classmethod(GenericAlias)


def get_close_matches(word, possibilities, n=3, cutoff=0.6):
    """The n possibilities most like `word`, the best first, of those that are
    alike by `cutoff` at least."""
    if not n > 0:
        raise ValueError("n must be > 0: %r" % (n,))
    if not 0.0 <= cutoff <= 1.0:
        raise ValueError("cutoff must be in [0.0, 1.0]: %r" % (cutoff,))
    matcher = SequenceMatcher()
    matcher.set_seq2(word)
    found = []
    for candidate in possibilities:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff:
            ratio = matcher.ratio()
            if ratio >= cutoff:
                found.append((ratio, candidate))
    return [candidate for ratio, candidate in _nlargest(n, found)]


def _keep_original_ws(line, tags):
    """The tags, with the line's own white space where nothing is tagged."""
    return ''.join(c if tag == ' ' and c.isspace() else tag for c, tag in zip(line, tags))


class Differ:
    """Compares lines of text, and similar lines character by character. What is
    only in the first begins with '- ', only in the second with '+ ', in both with
    two blanks; '? ' begins a line that points at differences."""

    # How far from its own place a similar line is looked for, and how alike it must be.
    _WINDOW = 10
    _CUTOFF = 0.74999

    def __init__(self, linejunk=None, charjunk=None):
        self.linejunk = linejunk
        self.charjunk = charjunk

    def compare(self, a, b):
        """Generates the difference of two lists of lines."""
        for tag, alo, ahi, blo, bhi in SequenceMatcher(self.linejunk, a, b).get_opcodes():
            if tag == 'replace':
                yield from self._fancy_replace(a, alo, ahi, b, blo, bhi)
            elif tag == 'delete':
                yield from self._dump('-', a, alo, ahi)
            elif tag == 'insert':
                yield from self._dump('+', b, blo, bhi)
            else:
                yield from self._dump(' ', a, alo, ahi)

    def _dump(self, tag, lines, lo, hi):
        for i in range(lo, hi):
            yield '%s %s' % (tag, lines[i])

    def _plain_replace(self, a, alo, ahi, b, blo, bhi):
        """One block of lines for another, the shorter first."""
        removed = self._dump('-', a, alo, ahi)
        added = self._dump('+', b, blo, bhi)
        if bhi - blo < ahi - alo:
            yield from added
            yield from removed
        else:
            yield from removed
            yield from added

    def _fancy_replace(self, a, alo, ahi, b, blo, bhi):
        """One block of lines for another, with similar lines side by side."""
        matcher = SequenceMatcher(self.charjunk)
        done_a, done_b = alo, blo
        for j in range(blo, bhi):
            matcher.set_seq2(b[j])
            place = alo + (j - blo)
            near = range(max(place - self._WINDOW, done_a), min(place + self._WINDOW + 1, ahi))
            if not near:
                break
            best, best_i = self._CUTOFF, None
            for i in near:
                matcher.set_seq1(a[i])
                if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                    ratio = matcher.ratio()
                    if ratio > best:
                        best, best_i = ratio, i
            if best_i is None:
                continue
            yield from self._plain_replace(a, done_a, best_i, b, done_b, j)
            if a[best_i] == b[j]:
                yield '  ' + a[best_i]
            else:
                yield from self._mark(matcher, a[best_i], b[j])
            done_a, done_b = best_i + 1, j + 1
        yield from self._plain_replace(a, done_a, ahi, b, done_b, bhi)

    def _mark(self, matcher, aline, bline):
        """A pair of similar lines with what points at their differences."""
        atags = btags = ''
        matcher.set_seqs(aline, bline)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            amark, bmark = {'replace': '^^', 'delete': '- ', 'insert': ' +', 'equal': '  '}[tag]
            atags += amark * (i2 - i1)
            btags += bmark * (j2 - j1)
        yield from self._qformat(aline, bline, atags, btags)

    def _qformat(self, aline, bline, atags, btags):
        for sign, line, tags in (('- ', aline, atags), ('+ ', bline, btags)):
            tags = _keep_original_ws(line, tags).rstrip()
            yield sign + line
            if tags:
                yield f'? {tags}\n'


def IS_LINE_JUNK(line, pat=None):
    """Whether the line is blank, or has nothing but one '#'."""
    if pat is None:
        return line.strip() in ('', '#')
    return pat(line) is not None


def IS_CHARACTER_JUNK(ch, ws=" \t"):
    """Whether the character is a blank or tab."""
    return ch in ws


def ndiff(a, b, linejunk=None, charjunk=IS_CHARACTER_JUNK):
    """Compares two lists of lines as a Differ does."""
    return Differ(linejunk, charjunk).compare(a, b)


def restore(delta, which):
    """Generates the lines of the first (1) or second (2) list that a Differ compared."""
    try:
        tag = {1: '- ', 2: '+ '}[int(which)]
    except KeyError:
        raise ValueError('unknown delta choice (must be 1 or 2): %r' % which) from None
    for line in delta:
        if line[:2] in ('  ', tag):
            yield line[2:]


def _format_range_unified(start, stop):
    length = stop - start
    if length == 1:
        return f'{start + 1}'
    return f'{start + 1 if length else start},{length}'


def _format_range_context(start, stop):
    length = stop - start
    beginning = start + 1 if length else start
    if length <= 1:
        return f'{beginning}'
    return f'{beginning},{beginning + length - 1}'


def _dated(name, date):
    return f'{name}\t{date}' if date else name


def unified_diff(a, b, fromfile='', tofile='', fromfiledate='', tofiledate='', n=3,
                 lineterm='\n'):
    """Compares two lists of lines; generates the lines of a unified diff."""
    _check_types(a, b, fromfile, tofile, fromfiledate, tofiledate, lineterm)
    started = False
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
        if not started:
            started = True
            yield f'--- {_dated(fromfile, fromfiledate)}{lineterm}'
            yield f'+++ {_dated(tofile, tofiledate)}{lineterm}'
        first, last = group[0], group[-1]
        old = _format_range_unified(first[1], last[2])
        new = _format_range_unified(first[3], last[4])
        yield f'@@ -{old} +{new} @@{lineterm}'
        for tag, i1, i2, j1, j2 in group:
            if tag == 'equal':
                for line in a[i1:i2]:
                    yield ' ' + line
                continue
            for line in a[i1:i2]:
                yield '-' + line
            for line in b[j1:j2]:
                yield '+' + line


def context_diff(a, b, fromfile='', tofile='', fromfiledate='', tofiledate='', n=3,
                 lineterm='\n'):
    """Compares two lists of lines; generates the lines of a context diff."""
    _check_types(a, b, fromfile, tofile, fromfiledate, tofiledate, lineterm)
    sign = {'insert': '+ ', 'delete': '- ', 'replace': '! ', 'equal': '  '}
    started = False
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
        if not started:
            started = True
            yield f'*** {_dated(fromfile, fromfiledate)}{lineterm}'
            yield f'--- {_dated(tofile, tofiledate)}{lineterm}'
        first, last = group[0], group[-1]
        yield '***************' + lineterm
        yield f'*** {_format_range_context(first[1], last[2])} ****{lineterm}'
        if any(tag in ('replace', 'delete') for tag, *_ in group):
            for tag, i1, i2, _, _ in group:
                if tag != 'insert':
                    for line in a[i1:i2]:
                        yield sign[tag] + line
        yield f'--- {_format_range_context(first[3], last[4])} ----{lineterm}'
        if any(tag in ('replace', 'insert') for tag, *_ in group):
            for tag, _, _, j1, j2 in group:
                if tag != 'delete':
                    for line in b[j1:j2]:
                        yield sign[tag] + line


def _check_types(a, b, *args):
    # A wrong type would show only in the middle of the output.
    for lines in (a, b):
        if lines and not isinstance(lines[0], str):
            raise TypeError('lines to compare must be str, not %s (%r)' % (
                type(lines[0]).__name__, lines[0]))
        if isinstance(lines, str):
            raise TypeError('input must be a sequence of strings, not %s' % type(lines).__name__)
    for arg in args:
        if not isinstance(arg, str):
            raise TypeError('all arguments must be str, not: %r' % (arg,))


def diff_bytes(dfunc, a, b, fromfile=b'', tofile=b'', fromfiledate=b'', tofiledate=b'', n=3,
               lineterm=b'\n'):
    """Compares two lists of lines of bytes with a function for strings."""
    def decode(s):
        try:
            return s.decode('ascii', 'surrogateescape')
        except AttributeError as err:
            raise TypeError('all arguments must be bytes, not %s (%r)' % (
                type(s).__name__, s)) from err
    lines = dfunc(list(map(decode, a)), list(map(decode, b)), decode(fromfile), decode(tofile),
                  decode(fromfiledate), decode(tofiledate), n, decode(lineterm))
    for line in lines:
        yield line.encode('ascii', 'surrogateescape')
