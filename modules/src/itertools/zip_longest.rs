//! `zip_longest`

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::types::list::List;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::machine::{Ask, Turn, advance};
use super::{FlowAnswer, class_of};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ZipLongest<'gc> {
    /// The iterators; None for one that is exhausted.
    sources: List<'gc>,
    fill: Value<'gc>,
    /// How many are not exhausted.
    active: Cell<usize>,
}

impl NativeData for ZipLongest<'static> {
    type Data<'gc> = ZipLongest<'gc>;
}

/// `itertools.zip_longest`
pub static ZIP_LONGEST: TypeDef = TypeDef {
    name: "zip_longest",
    module: "itertools",
    doc: "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.",
    methods: &[
        new("__new__($type, /, *iterables, **kwargs)", FlowCall(zip_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, zip_turn)),
    ..TypeDef::DEFAULT
};

/// Waits for one iterator after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct Gather<'gc> {
    class: Value<'gc>,
    fill: Value<'gc>,
    iterables: Tuple<'gc>,
    iterators: Vec<Value<'gc>>,
}

impl<'gc> NativeFrame<'gc> for Gather<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if !matches!(input, Input::Start) {
            self.iterators.push(input.value()?);
        }
        while let Some(iterable) = self.iterables.items().get(self.iterators.len()) {
            match iterate::iter_flow(ctx, *iterable)? {
                Flow::Return(iterator) => self.iterators.push(iterator),
                flow => return Ok(Step::Await(flow)),
            }
        }
        let data = ZipLongest {
            active: Cell::new(self.iterators.len()),
            sources: List::new(ctx, std::mem::take(&mut self.iterators)),
            fill: self.fill,
        };
        let class = class_of(ctx, self.class);
        let made = Object::with_native::<ZipLongest<'static>>(ctx, class, data);
        Ok(Step::Return(Value::Object(made)))
    }
}

fn zip_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let mut fill = Value::None;
    for (name, value) in args[2].as_dict().map_or_else(Vec::new, |d| d.entries()) {
        if name.as_str().is_none_or(|n| n.bytes() != b"fillvalue") {
            return Err(ctx.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value;
    }
    let gather = Gather {
        class: args[0],
        fill,
        iterables: args[1].as_tuple().unwrap_or_else(|| ctx.empty_tuple()),
        iterators: Vec::new(),
    };
    begin(ctx, gather)
}

/// The row so far is a list that is put aside.
fn zip_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(zip) = value.native::<ZipLongest<'static>>() else {
        return Ok(Ask::Stop);
    };
    let row = match turn.kept {
        Value::List(row) => row,
        _ if zip.active.get() == 0 => return Ok(Ask::Stop),
        _ => List::new(ctx, Vec::with_capacity(zip.sources.len())),
    };
    if turn.tag != 0 {
        let item = match turn.got {
            Some(item) => item,
            None => {
                let at = row.len();
                if let Some(source) = zip.sources.borrow_mut(ctx).get_mut(at) {
                    *source = Value::None;
                }
                zip.active.set(zip.active.get().saturating_sub(1));
                if zip.active.get() == 0 {
                    return Ok(Ask::Stop);
                }
                zip.fill
            }
        };
        row.borrow_mut(ctx).push(item);
    }
    loop {
        match zip.sources.get(row.len()) {
            Some(Value::None) => row.borrow_mut(ctx).push(zip.fill),
            Some(source) => {
                return Ok(Ask::Pull {
                    source,
                    tag: 1,
                    kept: Value::List(row),
                });
            }
            None => {
                let items = std::mem::take(&mut *row.borrow_mut(ctx));
                return Ok(Ask::Give(Value::Tuple(ctx.tuple(items))));
            }
        }
    }
}
