//! Truth and length.

use crate::context::Context;
use crate::protocol::call::call_special;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;

impl<'gc> Context<'gc> {
    /// `bool(value)`. Raises what `__bool__` and `__len__` raise.
    #[inline]
    pub fn truth(self, value: Value<'gc>) -> Result<bool, Raised<'gc>> {
        Ok(match value {
            Value::Bool(b) => b.get(),
            Value::None | Value::Absent => false,
            Value::Int(n) => n != 0,
            Value::Float(x) | Value::ReadFloat(x) => x.get() != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Tuple(t) => !t.is_empty(),
            Value::Dict(d) => !d.is_empty(),
            _ => return self.truth_slow(value),
        })
    }

    fn truth_slow(self, value: Value<'gc>) -> Result<bool, Raised<'gc>> {
        if let Value::NotImplemented = value {
            let message = "NotImplemented should not be used in a boolean context";
            return Err(self.type_error(message));
        }
        let names = self.names();
        let method = value.class(self).lookup(self, names.__bool__);
        if matches!(method, Some(Value::None)) {
            return Err(self.type_error(format!(
                "'{}' cannot be interpreted as a boolean",
                self.type_name(value)
            )));
        }
        if let Some(method) = method {
            let answer = self.complete(call_special(self, method, value, &[])?)?;
            return match answer {
                Value::Bool(b) => Ok(b.get()),
                other => Err(self.type_error(format!(
                    "__bool__ should return bool, returned {}",
                    self.type_name(other)
                ))),
            };
        }
        match self.length_if_any(value)? {
            Some(length) => Ok(length != 0),
            None => Ok(true),
        }
    }

    /// `len(value)`. Raises TypeError for a value without a length.
    pub fn length(self, value: Value<'gc>) -> Result<usize, Raised<'gc>> {
        match self.length_if_any(value)? {
            Some(length) => Ok(length),
            None => Err(self.type_error(format!(
                "object of type '{}' has no len()",
                self.type_name(value)
            ))),
        }
    }

    /// `len(value)`; none for a value without `__len__`.
    pub fn length_if_any(self, value: Value<'gc>) -> Result<Option<usize>, Raised<'gc>> {
        match value {
            Value::Str(s) => return Ok(Some(s.char_count())),
            Value::List(l) => return Ok(Some(l.len())),
            Value::Tuple(t) => return Ok(Some(t.len())),
            Value::Dict(d) => return Ok(Some(d.len())),
            _ => {}
        }
        let Some(answer) = self.call_special(value, self.names().__len__, &[])? else {
            return Ok(None);
        };
        let length = self.index(answer)?;
        match length.as_small_int() {
            Some(n) if n >= 0 => Ok(Some(n as usize)),
            Some(_) => Err(self.value_error("__len__() should return >= 0")),
            None if matches!(length, Value::BigInt(n) if n.sign() == num_bigint::Sign::Minus) => {
                Err(self.value_error("__len__() should return >= 0"))
            }
            None => Err(self.error(
                Exc::OverflowError,
                "cannot fit 'int' into an index-sized integer",
            )),
        }
    }

    /// `operator.length_hint(value)`: the length, or what `__length_hint__` guesses;
    /// none where neither answers. Follows CPython's `PyObject_LengthHint`.
    pub fn length_hint(self, value: Value<'gc>) -> Result<Option<usize>, Raised<'gc>> {
        match self.length_if_any(value) {
            Ok(None) => {}
            Err(raised) if exceptions::matches(self, raised, Exc::TypeError) => {}
            result => return result,
        }
        let answer = match self.call_special(value, self.names().__length_hint__, &[]) {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(None),
            Err(raised) if exceptions::matches(self, raised, Exc::TypeError) => return Ok(None),
            Err(raised) => return Err(raised),
        };
        if matches!(answer, Value::NotImplemented) {
            return Ok(None);
        }
        if !answer.is_int() {
            return Err(self.type_error(format!(
                "__length_hint__ must be an integer, not {}",
                self.type_name(answer)
            )));
        }
        match usize::try_from(self.index_i64(answer, Exc::OverflowError)?) {
            Ok(hint) => Ok(Some(hint)),
            Err(_) => Err(self.value_error("__length_hint__() should return >= 0")),
        }
    }

    /// `operator.index(value)`: an int. Raises TypeError.
    pub fn index(self, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match value.builtin() {
            Value::Bool(b) => return Ok(Value::Int(b.get() as i64)),
            int @ (Value::Int(_) | Value::BigInt(_)) => return Ok(int),
            _ => {}
        }
        match self.call_special(value, self.names().__index__, &[])? {
            Some(answer) if answer.is_int() => {
                if !matches!(answer, Value::Int(_) | Value::BigInt(_)) {
                    self.warn_subclass("__index__", "int", answer)?;
                }
                self.index(answer)
            }
            Some(answer) => Err(self.type_error(format!(
                "__index__ returned non-int (type {})",
                self.type_name(answer)
            ))),
            None => Err(self.type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                self.type_name(value)
            ))),
        }
    }

    /// `operator.index(value)` as a machine integer. Raises TypeError, and
    /// `overflow` where it does not fit.
    pub fn index_i64(self, value: Value<'gc>, overflow: Exc) -> Result<i64, Raised<'gc>> {
        if let Value::Int(n) = value {
            return Ok(n);
        }
        match self.index(value)? {
            Value::Int(n) => Ok(n),
            _ => Err(self.error(
                overflow,
                format!(
                    "cannot fit '{}' into an index-sized integer",
                    self.type_name(value)
                ),
            )),
        }
    }

    /// `operator.index(value)` as the integer that C calls `name` ("long", "ssize_t"), where CPython says so.
    /// Raises TypeError and OverflowError.
    pub fn index_of_c(self, value: Value<'gc>, name: &str) -> Result<i64, Raised<'gc>> {
        match self.index(value)? {
            Value::Int(n) => Ok(n),
            _ => Err(self.error(
                Exc::OverflowError,
                format!("Python int too large to convert to C {name}"),
            )),
        }
    }

    /// As `index_i64`, with what does not fit clamped to the nearest machine integer.
    pub fn index_clamped(self, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
        match self.index(value)? {
            Value::Int(n) => Ok(n),
            Value::BigInt(n) if n.sign() == num_bigint::Sign::Minus => Ok(i64::MIN),
            _ => Ok(i64::MAX),
        }
    }
}
