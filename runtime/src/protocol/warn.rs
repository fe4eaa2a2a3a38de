//! Warnings that natives give. The filters and the showing are Python, in `warnings`.

use crate::context::Context;
use crate::import::import_module;
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::value::Value;

/// Where a warning comes from that no place in a program is known for.
const NOWHERE: &str = "sys";

impl<'gc> Context<'gc> {
    /// Gives a DeprecationWarning. Raises it where the filters make it an error.
    ///
    /// DIFFERENCE: a native does not know the line that called it, so the warning
    /// is one about `sys`: the filters that a program begins with ignore it, where
    /// CPython shows what concerns `__main__`. For the same reason nothing is done
    /// before somebody has imported `warnings`.
    #[cold]
    pub fn warn_deprecated(self, message: &str) -> Result<(), Raised<'gc>> {
        let name = self.intern("warnings");
        if self.modules().get_str(self, name).is_none() {
            return Ok(());
        }
        let warnings = self.complete(import_module(self, "warnings")?)?;
        let give = self.get_attr(warnings, self.intern("warn_explicit"))?;
        let category = self.exceptions().get(Exc::DeprecationWarning);
        let place = self.str_value(NOWHERE);
        let message = self.str_value(message);
        let arguments = [message, Value::Type(category), place, Value::Int(1), place];
        self.call(give, &arguments).map(|_| ())
    }

    /// Warns of a conversion method that gave an instance of a strict subclass of
    /// the type it should give. `what` is the message's subject.
    #[cold]
    pub fn warn_subclass(
        self,
        what: &str,
        kind: &str,
        answer: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        self.warn_deprecated(&format!(
            "{what} returned non-{kind} (type {}).  The ability to return an instance of a \
             strict subclass of {kind} is deprecated, and may be removed in a future version \
             of Python.",
            self.type_name(answer)
        ))
    }
}
