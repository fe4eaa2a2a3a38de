"""HTTP cookies (RFC 2109, read leniently), as the library reference describes them."""

import re
import string
import types

__all__ = ["CookieError", "BaseCookie", "SimpleCookie"]


class CookieError(Exception):
    """Raised for what can't be a cookie."""


_LegalChars = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~:"
_UnescapedChars = _LegalChars + " ()/<=>?@[]{}"
_is_legal_key = re.compile("[%s]+" % re.escape(_LegalChars)).fullmatch
_has_control = re.compile(r"[\x00-\x1F\x7F]").search
_Translator = {n: "\\%03o" % n for n in set(range(256)) - set(map(ord, _UnescapedChars))}
_Translator.update({ord('"'): '\\"', ord("\\"): "\\\\"})


def _quote(str):
    """Put a text that needs it into quotes."""
    if str is None or _is_legal_key(str):
        return str
    return '"' + str.translate(_Translator) + '"'


def _unescape(found):
    return chr(int(found[1], 8)) if found[1] else found[2]


_unquote_sub = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))").sub


def _unquote(str):
    """Undo _quote()."""
    if str is None or len(str) < 2 or str[0] != '"' or str[-1] != '"':
        return str
    return _unquote_sub(_unescape, str[1:-1])


_weekdayname = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_monthname = [None, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _getdate(future=0, weekdayname=_weekdayname, monthname=_monthname):
    from time import gmtime, time
    year, month, day, hh, mm, ss, wd, _, _ = gmtime(time() + future)
    return "%s, %02d %3s %4d %02d:%02d:%02d GMT" % (weekdayname[wd], day, monthname[month], year, hh, mm, ss)


class Morsel(dict):
    """One cookie: key, value and coded_value; the attributes that RFC 2109 names are the items."""

    _reserved = {
        "expires": "expires",
        "path": "Path",
        "comment": "Comment",
        "domain": "Domain",
        "max-age": "Max-Age",
        "secure": "Secure",
        "httponly": "HttpOnly",
        "version": "Version",
        "samesite": "SameSite",
        "partitioned": "Partitioned",
    }
    _reserved_defaults = dict.fromkeys(_reserved, "")
    _flags = {"secure", "httponly", "partitioned"}

    def __init__(self):
        self._key = self._value = self._coded_value = None
        dict.update(self, self._reserved_defaults)

    @property
    def key(self):
        """The cookie's name."""
        return self._key

    @property
    def value(self):
        """The cookie's value."""
        return self._value

    @property
    def coded_value(self):
        """The value as it is sent."""
        return self._coded_value

    @staticmethod
    def _known(K):
        name = K.lower()
        if name not in Morsel._reserved:
            raise CookieError("Invalid attribute %r" % (K,))
        return name

    def __setitem__(self, K, V):
        dict.__setitem__(self, self._known(K), V)

    def setdefault(self, key, val=None):
        return dict.setdefault(self, self._known(key), val)

    def update(self, values):
        data = {}
        for key, val in dict(values).items():
            data[self._known(key)] = val
        dict.update(self, data)

    def isReservedKey(self, K):
        """Whether the name is that of an attribute."""
        return K.lower() in self._reserved

    def set(self, key, val, coded_val):
        """Set the name and the value."""
        if key.lower() in self._reserved:
            raise CookieError("Attempt to set a reserved key %r" % (key,))
        if not _is_legal_key(key):
            raise CookieError("Illegal key %r" % (key,))
        self._key = key
        self._value = val
        self._coded_value = coded_val

    def __eq__(self, morsel):
        if not isinstance(morsel, Morsel):
            return NotImplemented
        return (dict.__eq__(self, morsel) and self._value == morsel._value
                and self._key == morsel._key and self._coded_value == morsel._coded_value)

    __ne__ = object.__ne__

    def copy(self):
        morsel = Morsel()
        dict.update(morsel, self)
        morsel.__dict__.update(self.__dict__)
        return morsel

    def __getstate__(self):
        return {"key": self._key, "value": self._value, "coded_value": self._coded_value}

    def __setstate__(self, state):
        self._key = state["key"]
        self._value = state["value"]
        self._coded_value = state["coded_value"]

    def output(self, attrs=None, header="Set-Cookie:"):
        """The cookie as a header line."""
        return "%s %s" % (header, self.OutputString(attrs))

    __str__ = output

    def __repr__(self):
        return "<%s: %s>" % (self.__class__.__name__, self.OutputString())

    def js_output(self, attrs=None):
        """The cookie as a JavaScript snippet."""
        return """
        <script type="text/javascript">
        <!-- begin hiding
        document.cookie = \"%s\";
        // end hiding -->
        </script>
        """ % self.OutputString(attrs).replace('"', r"\"")

    def OutputString(self, attrs=None):
        """The cookie without the header's name."""
        result = ["%s=%s" % (self.key, self.coded_value)]
        if attrs is None:
            attrs = self._reserved
        for key, value in sorted(self.items()):
            if value == "" or key not in attrs:
                continue
            name = self._reserved[key]
            if key == "expires" and isinstance(value, int):
                result.append("%s=%s" % (name, _getdate(value)))
            elif key == "max-age" and isinstance(value, int):
                result.append("%s=%d" % (name, value))
            elif key == "comment" and isinstance(value, str):
                result.append("%s=%s" % (name, _quote(value)))
            elif key in self._flags:
                if value:
                    result.append(str(name))
            else:
                result.append("%s=%s" % (name, value))
        return "; ".join(result)

    __class_getitem__ = classmethod(types.GenericAlias)


_LegalKeyChars = r"\w\d!#%&'~_`><@,:/\$\*\+\-\.\^\|\)\(\?\}\{\="
_LegalValueChars = _LegalKeyChars + r"\[\]"
_CookiePattern = re.compile(r"""
    \s*
    (?P<key>[""" + _LegalKeyChars + r"""]+?)
    (
    \s*=\s*
    (?P<val>
    "(?:[^\\"]|\\.)*"
    |
    (\w{3},\s|\w{6,9},\s)?[\w\d-]{9,11}\s[\d:]{8}\sGMT
    |
    [""" + _LegalValueChars + r"""]*
    )
    )?
    \s*
    (\s+|;|$)
    """, re.ASCII | re.VERBOSE)


class BaseCookie(dict):
    """A dict of Morsels. Assigning a value makes one, with what value_encode() makes of it."""

    def value_decode(self, val):
        """The value of what was sent, and that itself."""
        return val, val

    def value_encode(self, val):
        """The value, and what is sent for it."""
        strval = str(val)
        return strval, strval

    def __init__(self, input=None):
        if input:
            self.load(input)

    def __set(self, key, real_value, coded_value):
        morsel = self.get(key, Morsel())
        morsel.set(key, real_value, coded_value)
        dict.__setitem__(self, key, morsel)

    def __setitem__(self, key, value):
        if isinstance(value, Morsel):
            dict.__setitem__(self, key, value)
        else:
            rval, cval = self.value_encode(value)
            self.__set(key, rval, cval)

    def output(self, attrs=None, header="Set-Cookie:", sep="\015\012"):
        """All cookies as header lines."""
        return sep.join(value.output(attrs, header) for key, value in sorted(self.items()))

    __str__ = output

    def __repr__(self):
        shown = ["%s=%s" % (key, repr(value.value)) for key, value in sorted(self.items())]
        return "<%s: %s>" % (self.__class__.__name__, " ".join(shown))

    def js_output(self, attrs=None):
        """All cookies as JavaScript snippets."""
        return "".join(value.js_output(attrs) for key, value in sorted(self.items()))

    def load(self, rawdata):
        """Take the cookies of a header, or the items of a dict."""
        if isinstance(rawdata, str):
            self.__parse_string(rawdata)
        else:
            for key, value in rawdata.items():
                self[key] = value

    def __parse_string(self, str, patt=_CookiePattern):
        parsed = []
        is_cookie_seen = False
        place = 0
        while place < len(str):
            match = patt.match(str, place)
            if not match:
                break
            key, value = match.group("key"), match.group("val")
            place = match.end(0)
            if key[0] == "$":
                # An attribute of the cookie before, in the older notation.
                if is_cookie_seen:
                    parsed.append((True, key[1:], value))
            elif key.lower() in Morsel._reserved:
                if not is_cookie_seen:
                    return
                if value is not None:
                    parsed.append((True, key, _unquote(value)))
                elif key.lower() in Morsel._flags:
                    parsed.append((True, key, True))
                else:
                    return
            elif value is not None:
                parsed.append((False, key, self.value_decode(value)))
                is_cookie_seen = True
            else:
                return
        morsel = None
        for is_attribute, key, value in parsed:
            if is_attribute:
                morsel[key] = value
            else:
                rval, cval = value
                self.__set(key, rval, cval)
                morsel = self[key]


class SimpleCookie(BaseCookie):
    """Cookies whose values are strings, quoted where they have to be."""

    def value_decode(self, val):
        return _unquote(val), val

    def value_encode(self, val):
        strval = str(val)
        return strval, _quote(strval)
