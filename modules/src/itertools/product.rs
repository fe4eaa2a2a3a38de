//! `product`

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::collect_then;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Next, Step, begin};
use gc_arena::Collect;

use super::{FlowAnswer, class_of};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Product<'gc> {
    pools: Vec<Tuple<'gc>>,
    /// The position in each pool; none at the start, empty pools once done.
    #[collect(require_static)]
    places: RefCell<Option<Vec<usize>>>,
    #[collect(require_static)]
    done: std::cell::Cell<bool>,
}

impl NativeData for Product<'static> {
    type Data<'gc> = Product<'gc>;
}

/// `itertools.product`
pub static PRODUCT: TypeDef = TypeDef {
    name: "product",
    module: "itertools",
    doc: "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).",
    methods: &[
        new(
            "__new__($type, /, *iterables, repeat=1)",
            FlowCall(product_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

/// Collects one pool after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct Gather<'gc> {
    class: Value<'gc>,
    iterables: Tuple<'gc>,
    pools: Vec<Tuple<'gc>>,
    repeat: usize,
}

impl<'gc> NativeFrame<'gc> for Gather<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if !matches!(input, Input::Start) {
            self.pools.extend(input.value()?.as_tuple());
        }
        while let Some(iterable) = self.iterables.items().get(self.pools.len()) {
            let flow = collect_then(ctx, *iterable, vec![], |ctx, _, items| {
                Ok(Flow::Return(Value::Tuple(ctx.tuple(items))))
            })?;
            match flow {
                Flow::Return(pool) => self.pools.extend(pool.as_tuple()),
                flow => return Ok(Step::Await(flow)),
            }
        }
        // All pools have a place each, before the first result.
        let mut pools = Vec::new();
        let count = self.pools.len().saturating_mul(self.repeat);
        pools
            .try_reserve_exact(count)
            .map_err(|_| ctx.error_with(Exc::MemoryError, &[]))?;
        for _ in 0..self.repeat {
            pools.extend_from_slice(&self.pools);
        }
        let data = Product {
            pools,
            places: RefCell::new(None),
            done: std::cell::Cell::new(false),
        };
        let class = class_of(ctx, self.class);
        let made = Object::with_native::<Product<'static>>(ctx, class, data);
        Ok(Step::Return(Value::Object(made)))
    }
}

fn product_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let repeat = match args[2] {
        Value::Absent => 1,
        repeat => slicing::size_argument(ctx, repeat)?,
    };
    let Ok(repeat) = usize::try_from(repeat) else {
        return Err(ctx.value_error("repeat argument cannot be negative"));
    };
    let iterables = match (repeat, args[1].as_tuple()) {
        (0, _) | (_, None) => ctx.empty_tuple(),
        (_, Some(iterables)) => iterables,
    };
    if iterables.len().saturating_mul(repeat) > 1 << 28 {
        return Err(ctx.error(Exc::OverflowError, "repeat argument too large"));
    }
    let gather = Gather {
        class: args[0],
        iterables,
        pools: Vec::with_capacity(iterables.len()),
        repeat: if iterables.is_empty() { 1 } else { repeat },
    };
    begin(ctx, gather)
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(product) = value.native::<Product<'static>>() else {
        return Ok(Next::Exhausted);
    };
    if product.done.get() {
        return Ok(Next::Exhausted);
    }
    let mut places = product.places.borrow_mut();
    let moved = match &mut *places {
        None => {
            *places = Some(vec![0; product.pools.len()]);
            product.pools.iter().all(|pool| !pool.is_empty())
        }
        Some(places) => turn(places, &product.pools),
    };
    if !moved {
        product.done.set(true);
        return Ok(Next::Exhausted);
    }
    let chosen: Vec<Value<'gc>> = product
        .pools
        .iter()
        .zip(places.iter().flatten())
        .filter_map(|(pool, at)| pool.items().get(*at).copied())
        .collect();
    Ok(Next::Item(Value::Tuple(ctx.tuple(chosen))))
}

/// Moves the places on like an odometer; whether it has not come round.
fn turn(places: &mut [usize], pools: &[Tuple<'_>]) -> bool {
    for (place, pool) in places.iter_mut().zip(pools).rev() {
        *place += 1;
        if *place < pool.len() {
            return true;
        }
        *place = 0;
    }
    false
}
