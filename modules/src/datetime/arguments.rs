//! How the constructors take their arguments: in the words of CPython's
//! `PyArg_ParseTupleAndKeywords`, and with a pickled state in place of them.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;

/// What a constructor takes.
pub struct Parameters {
    /// What messages call it: empty where they say "function".
    pub name: &'static str,
    /// The names, keyword-only ones last.
    pub names: &'static [&'static str],
    /// How many may be positional.
    pub positional: usize,
    /// How many must be given.
    pub required: usize,
}

impl Parameters {
    /// An int among what `bind` gave. Raises TypeError where it had to be given.
    pub fn int<'gc>(
        &self,
        ctx: Context<'gc>,
        bound: &[Value<'gc>],
        place: usize,
    ) -> Result<i64, Raised<'gc>> {
        let value = bound.get(place).copied().unwrap_or(Value::Absent);
        if value.is_absent() && place < self.required {
            return Err(ctx.type_error(format!(
                "function missing required argument '{}' (pos {})",
                self.names[place],
                place + 1
            )));
        }
        int(ctx, value, 0)
    }

    /// Binds a tuple and a dict; absent where not given.
    pub fn bind<'gc>(
        &self,
        ctx: Context<'gc>,
        given: Value<'gc>,
        keywords: Value<'gc>,
    ) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
        let given = given.as_tuple().map_or(&[][..], |t| t.items());
        let keywords = keywords.as_dict().map_or_else(Vec::new, |d| d.entries());
        let called = match self.name {
            "" => "function".to_owned(),
            name => format!("{name}()"),
        };
        let total = given.len() + keywords.len();
        let most = if total > self.names.len() {
            Some((self.names.len(), total, ""))
        } else if given.len() > self.positional {
            Some((self.positional, given.len(), " positional"))
        } else {
            None
        };
        if let Some((most, count, kind)) = most {
            return Err(ctx.type_error(format!(
                "{called} takes at most {most}{kind} arguments ({count} given)"
            )));
        }
        let mut bound = vec![Value::Absent; self.names.len()];
        bound[..given.len()].copy_from_slice(given);
        for (name, value) in keywords {
            let name = name.as_str().map_or("".into(), |n| n.to_string_lossy());
            let Some(place) = self.names.iter().position(|n| *n == name) else {
                let called = match self.name {
                    "" => "this function".to_owned(),
                    name => format!("{name}()"),
                };
                return Err(ctx.type_error(format!(
                    "{called} got an unexpected keyword argument '{name}'"
                )));
            };
            if place < given.len() {
                return Err(ctx.type_error(format!(
                    "argument for {called} given by name ('{name}') and position ({})",
                    place + 1
                )));
            }
            bound[place] = value;
        }
        Ok(bound)
    }
}

/// A C int.
pub fn int<'gc>(ctx: Context<'gc>, value: Value<'gc>, default: i64) -> Result<i64, Raised<'gc>> {
    let too_large = |what: &str| {
        let message = format!("Python int too large to convert to C {what}");
        ctx.error(Exc::OverflowError, message)
    };
    match value {
        Value::Absent => Ok(default),
        Value::Int(n) if i32::try_from(n).is_ok() => Ok(n),
        value => match ctx.index(value)? {
            Value::Int(n) if i32::try_from(n).is_ok() => Ok(n),
            Value::Int(n) if n < 0 => {
                Err(ctx.error(Exc::OverflowError, "signed integer is less than minimum"))
            }
            Value::Int(_) => {
                Err(ctx.error(Exc::OverflowError, "signed integer is greater than maximum"))
            }
            _ => Err(too_large("long")),
        },
    }
}

/// The bytes of a pickled state: what the one or first of one or two arguments
/// is, as bytes or, from Python 2, as text in Latin-1. `size` and `sane` tell a
/// state from other arguments.
pub fn state<'gc>(
    given: Value<'gc>,
    keywords: Value<'gc>,
    size: usize,
    sane: fn(&[u8]) -> bool,
) -> Option<(Vec<u8>, Value<'gc>)> {
    if keywords.as_dict().is_some_and(|d| !d.is_empty()) {
        return None;
    }
    let (first, zone) = match *given.as_tuple()?.items() {
        [first] => (first, Value::Absent),
        [first, zone] => (first, zone),
        _ => return None,
    };
    let bytes: Vec<u8> = if let Some(bytes) = first.as_bytes() {
        bytes.bytes().to_vec()
    } else {
        let text = first.as_str()?;
        let bytes: Option<Vec<u8>> = text
            .to_str()?
            .chars()
            .map(|c| u8::try_from(c).ok())
            .collect();
        bytes?
    };
    (bytes.len() == size && sane(&bytes)).then_some((bytes, zone))
}
