//! The colours of a traceback: CPython 3.14's default theme.

/// The escape sequences before each part, and the one after all of them.
pub(super) struct Theme {
    pub kind: &'static str,
    pub message: &'static str,
    pub place: &'static str,
    pub highlight: &'static str,
    pub range: &'static str,
    pub reset: &'static str,
}

const PLAIN: Theme = Theme {
    kind: "",
    message: "",
    place: "",
    highlight: "",
    range: "",
    reset: "",
};

const COLORED: Theme = Theme {
    kind: "\x1b[1;35m",
    message: "\x1b[35m",
    place: "\x1b[35m",
    highlight: "\x1b[1;31m",
    range: "\x1b[31m",
    reset: "\x1b[0m",
};

/// The theme with colours, or the one in which every sequence is empty.
pub(super) fn theme(color: bool) -> &'static Theme {
    if color { &COLORED } else { &PLAIN }
}
