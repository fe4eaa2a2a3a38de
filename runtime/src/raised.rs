//! `Raised`: a Python exception on its way up. One pointer wide, so that
//! `Result<Value, Raised>` is no larger than a `Value`.

use gc_arena::Collect;

use crate::object::Object;
use crate::value::Value;

/// An exception that was raised: the exception object.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Raised<'gc>(pub Object<'gc>);

impl<'gc> Raised<'gc> {
    /// The exception as a value.
    #[inline]
    pub fn value(self) -> Value<'gc> {
        Value::Object(self.0)
    }
}

impl std::fmt::Debug for Raised<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raised(..)")
    }
}
