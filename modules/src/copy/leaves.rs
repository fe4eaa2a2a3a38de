//! Containers that hold nothing that needs a walk: they are copied at once.

use capers_runtime::context::Context;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use smallvec::SmallVec;

use crate::copy::atoms::is_deep_atom;

/// The copy of an exact container that holds nothing but atoms.
pub fn copy_of_atoms<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Value<'gc>> {
    let atom = |value: &Value<'gc>| is_deep_atom(ctx, *value);
    match value {
        Value::List(list) => {
            let items = list.borrow();
            (items.iter().all(atom)).then(|| Value::List(List::new(ctx, items.clone())))
        }
        Value::Tuple(tuple) => tuple.items().iter().all(atom).then_some(value),
        Value::Dict(dict) => {
            let plain = (dict.borrow().iter()).all(|e| atom(&e.key) && atom(&e.value));
            plain.then(|| Value::Dict(dict.copy(ctx)))
        }
        Value::Set(set) => {
            let plain = set.borrow().iter().all(|e| atom(&e.key));
            plain.then(|| Value::Set(set.copy(ctx)))
        }
        Value::FrozenSet(set) => {
            let plain = set.borrow().iter().all(|e| atom(&e.key));
            plain.then(|| Value::FrozenSet(set.copy(ctx)))
        }
        Value::ByteArray(bytes) => Some(Value::ByteArray(ByteArray::new(ctx, bytes.to_vec()))),
        _ => None,
    }
}

/// How large a container may be for `copy_of_few`.
const FEW: usize = 8;

/// The copy of a small exact list or dict that holds atoms and, each once,
/// containers of atoms: nothing that a memo would be needed for.
pub fn copy_of_few<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Value<'gc>> {
    let mut met: SmallVec<[Value<'gc>; FEW]> = SmallVec::new();
    let mut item = |value: Value<'gc>| {
        if is_deep_atom(ctx, value) {
            return Some(value);
        }
        if met.iter().any(|known| known.is(value)) {
            return None;
        }
        met.push(value);
        match value {
            Value::List(_) | Value::Dict(_) | Value::Tuple(_) => copy_of_atoms(ctx, value),
            _ => None,
        }
    };
    match value {
        Value::List(list) if list.len() <= FEW => {
            let copies: Option<Vec<_>> = list.borrow().iter().map(|v| item(*v)).collect();
            Some(Value::List(List::new(ctx, copies?)))
        }
        Value::Dict(dict) if dict.len() <= FEW => {
            let source = dict.borrow();
            if !source.iter().all(|entry| is_deep_atom(ctx, entry.key)) {
                return None;
            }
            let mut copies = source.compacted();
            for (place, entry) in source.iter().enumerate() {
                copies.set_value(place, item(entry.value)?);
            }
            Some(Value::Dict(Dict::from_table(ctx, copies)))
        }
        _ => copy_of_atoms(ctx, value),
    }
}
