//! Paths without end: a tuple inside itself with nothing but tuples between. Who walks
//! through objects remembers a tuple only when it is whole, and so would never be done
//! with such a one. Pickling and deep copying look for it as their paths grow.

use std::collections::HashSet;

use crate::types::tuple::Tuple;
use crate::value::Value;

/// How long a path is before it is searched.
const LONG: usize = 1024;

/// Whether a path that has just come to this length is to be searched: at each
/// doubling, which costs little.
#[inline]
pub fn is_due(length: usize) -> bool {
    length >= LONG && length.is_power_of_two()
}

/// Whether one of the tuples at the end of a path, the innermost first, is there twice.
/// What is no tuple ends the search.
pub fn holds_itself<'gc>(path: impl Iterator<Item = Option<Tuple<'gc>>>) -> bool {
    let mut seen = HashSet::new();
    path.map_while(|step| step)
        .any(|tuple| !seen.insert(Value::Tuple(tuple).address()))
}
