//! The Python types of the built-in iterators, their methods, and how the
//! rarer kinds advance.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::iterator::{Iter, IterKind};
use crate::types::type_::Type;
use crate::vm::flow::Next;

/// The class of an iterator of this kind.
pub fn class_of<'gc>(ctx: Context<'gc>, _kind: IterKind) -> Type<'gc> {
    ctx.type_of_def(&LIST_ITERATOR)
}

/// Advances an iterator of a kind that `Iter::next` leaves to this function.
pub fn next_of_rare_kind<'gc>(
    _ctx: Context<'gc>,
    _iter: Iter<'gc>,
) -> Result<Next<'gc>, Raised<'gc>> {
    Ok(Next::Exhausted)
}

/// `list_iterator`
pub static LIST_ITERATOR: TypeDef = TypeDef {
    name: "list_iterator",
    subclassable: false,
    ..TypeDef::DEFAULT
};
