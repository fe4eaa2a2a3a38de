//! The table of known differences: `conformance/marks.txt`.
//!
//! A line is a state, a name and a reason:
//!
//! ```text
//! different  builtins::set_repr  the order of a set is CPython's hash order
//! waiting    builtins::counter   collections
//! later      asyncio             the asyncio module
//! slow       stress::framing     takes minutes
//! ```
//!
//! `different` and `waiting` name a case, which must then fail; `later` names a folder and `slow` a case that
//! run only when asked for.

use std::collections::BTreeMap;
use std::path::Path;

/// Why a case is not expected to pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    /// Capers departs from CPython here and will go on doing so.
    Different,
    /// Something it needs is not there yet.
    Waiting,
    /// The folder belongs to work that has not begun.
    Later,
    /// The case passes, and takes too long to be run each time.
    Slow,
}

/// A mark's state and reason.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The kind of mark.
    pub state: State,
    /// What differs, or what is waited for.
    pub reason: String,
}

/// All marks by the name of their case or folder.
pub type Marks = BTreeMap<String, Mark>;

/// Reads the table.
///
/// # Errors
/// A message that names the line which is not a mark, or names a case twice.
pub fn read(path: &Path) -> Result<Marks, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut marks = Marks::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |what: &str| format!("{}:{}: {what}: {line}", path.display(), index + 1);
        let (state, rest) = line
            .split_once(char::is_whitespace)
            .ok_or_else(|| wrong("a mark is a state, a name and a reason"))?;
        let (name, reason) = rest
            .trim_start()
            .split_once(char::is_whitespace)
            .ok_or_else(|| wrong("a mark needs its reason"))?;
        let state = match state {
            "different" => State::Different,
            "waiting" => State::Waiting,
            "later" => State::Later,
            "slow" => State::Slow,
            _ => return Err(wrong("the state is not different, waiting, later or slow")),
        };
        let reason = reason.trim().to_owned();
        let mark = Mark { state, reason };
        if marks.insert(name.to_owned(), mark).is_some() {
            return Err(wrong("the name is marked twice"));
        }
    }
    Ok(marks)
}
