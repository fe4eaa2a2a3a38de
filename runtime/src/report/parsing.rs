//! Parsing pieces of source for the sake of decoration, within bounds.

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, parse_unchecked_source};

/// Longer source is not looked into.
const LONGEST_SOURCE: usize = 64 << 10;

/// Calls `look` with what the parser makes of `source`, errors included; `None` when it is too long.
pub(super) fn with_module<T>(
    source: &str,
    look: impl FnOnce(&Parsed<ModModule>) -> Option<T>,
) -> Option<T> {
    if source.len() > LONGEST_SOURCE {
        return None;
    }
    // The tree may be one level deep for each byte, and is walked and dropped recursively.
    let room = (64 << 10) + source.len() * 1024;
    stacker::maybe_grow(room, room, || {
        look(&parse_unchecked_source(source, PySourceType::Python))
    })
}
