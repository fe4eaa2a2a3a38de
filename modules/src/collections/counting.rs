//! `_count_elements`: the loop under `Counter`.

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::{iterate, operator, subscript};
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::{More, Sink, drive};
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, and_then};
use gc_arena::Collect;

use super::FlowAnswer;

/// `_collections._count_elements`
pub const COUNT_ELEMENTS: NativeDef = function(
    "_count_elements(mapping, iterable, /)",
    "Count elements in the iterable, updating the mapping",
    FlowCall(count_elements),
);

fn count_elements<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let (mapping, iterable) = (args[0], args[1]);
    let flow = iterate::iter_flow(ctx, iterable)?;
    and_then(ctx, flow, vec![mapping], |ctx, state, iterator| {
        let (mapping, iterator) = (state[0], iterator?);
        if let Some(dict) = plain_dict(ctx, mapping) {
            return drive(ctx, iterator, Tally { dict });
        }
        let get = ctx.get_attr(mapping, ctx.intern("get"))?;
        Ok(Flow::frame(Count {
            mapping,
            get,
            iterator,
            key: Value::Absent,
            stage: Stage::Advance,
        }))
    })
}

/// The dict behind a mapping whose class changes neither `get` nor item assignment.
fn plain_dict<'gc>(ctx: Context<'gc>, mapping: Value<'gc>) -> Option<Dict<'gc>> {
    let dict = mapping.as_dict()?;
    let (class, base) = (mapping.class(ctx), ctx.types().dict);
    let unchanged = [ctx.intern("get"), ctx.names().__setitem__]
        .into_iter()
        .all(
            |name| match (class.lookup(ctx, name), base.lookup(ctx, name)) {
                (Some(a), Some(b)) => a.is(b),
                _ => false,
            },
        );
    unchanged.then_some(dict)
}

#[derive(Collect)]
#[collect(no_drop)]
struct Tally<'gc> {
    dict: Dict<'gc>,
}

impl<'gc> Sink<'gc> for Tally<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let hash = ctx.hash(item)?;
        let found = self.dict.find(ctx, hash, item)?;
        let old = found.and_then(|at| self.dict.borrow().at(at).map(|e| e.value));
        let count = match old {
            None => Value::Int(1),
            Some(old) => ctx.binary(BinaryOperator::Add, old, Value::Int(1))?,
        };
        self.dict.set_hashed(ctx, hash, item, count)?;
        Ok(More::Yes)
    }
    fn finish(&mut self, _: Context<'gc>) -> FlowAnswer<'gc> {
        Ok(Flow::Return(Value::None))
    }
}

/// What the frame of any other mapping waits for.
#[derive(Copy, Clone)]
enum Stage {
    Advance,
    Get,
    Add,
    Set,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Count<'gc> {
    mapping: Value<'gc>,
    get: Value<'gc>,
    iterator: Value<'gc>,
    key: Value<'gc>,
    #[collect(require_static)]
    stage: Stage,
}

impl<'gc> NativeFrame<'gc> for Count<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match (self.stage, input) {
            (_, Input::Raised(raised)) => Err(raised),
            (_, Input::Exhausted) => Ok(Step::Return(Value::None)),
            (Stage::Advance, Input::Item(key)) => {
                self.key = key;
                self.stage = Stage::Get;
                Ok(Step::Await(Flow::call(self.get, &[key, Value::Int(0)])))
            }
            (Stage::Get, Input::Value(old)) => {
                self.stage = Stage::Add;
                operator::binary(ctx, BinaryOperator::Add, old, Value::Int(1)).map(Step::Await)
            }
            (Stage::Add, Input::Value(count)) => {
                self.stage = Stage::Set;
                subscript::set(ctx, self.mapping, self.key, count).map(Step::Await)
            }
            _ => {
                self.stage = Stage::Advance;
                Ok(Step::Next(self.iterator))
            }
        }
    }
}
