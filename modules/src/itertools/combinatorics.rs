//! `combinations`, `combinations_with_replacement` and `permutations`: choices
//! of positions in a pool.

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
use capers_runtime::vm::flow::{Flow, Next};
use gc_arena::Collect;

use super::{FlowAnswer, class_of};

/// Where a walk over choices stands.
#[derive(Clone)]
enum Stage {
    Start,
    Walking,
    Done,
}

struct Places {
    stage: Stage,
    /// The positions chosen; for permutations all positions, the chosen first.
    indices: Vec<usize>,
    /// For permutations: how many choices are left at each place.
    cycles: Vec<usize>,
}

/// The struct behind any of the three.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Choices<'gc> {
    pool: Tuple<'gc>,
    /// How many are chosen.
    size: usize,
    #[collect(require_static)]
    places: RefCell<Places>,
}

impl NativeData for Choices<'static> {
    type Data<'gc> = Choices<'gc>;
}

/// `itertools.combinations`
pub static COMBINATIONS: TypeDef = TypeDef {
    name: "combinations",
    module: "itertools",
    doc: "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    methods: &[
        new("__new__($type, /, iterable, r)", FlowCall(make)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, next_combination)),
    ..TypeDef::DEFAULT
};

/// `itertools.combinations_with_replacement`
pub static COMBINATIONS_WITH_REPLACEMENT: TypeDef = TypeDef {
    name: "combinations_with_replacement",
    module: "itertools",
    doc: "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
    methods: &[
        new("__new__($type, /, iterable, r)", FlowCall(make)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, next_with_replacement)),
    ..TypeDef::DEFAULT
};

/// `itertools.permutations`
pub static PERMUTATIONS: TypeDef = TypeDef {
    name: "permutations",
    module: "itertools",
    doc: "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    methods: &[
        new(
            "__new__($type, /, iterable, r=None)",
            FlowCall(permutations_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, next_permutation)),
    ..TypeDef::DEFAULT
};

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let size = Value::Int(slicing::size_argument(ctx, args[2])?);
    collect_then(ctx, args[1], vec![args[0], size], |ctx, state, pool| {
        let size = state[1].as_small_int().unwrap_or(0);
        made(ctx, state[0], pool, size)
    })
}

fn permutations_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[2].or(Value::None)];
    collect_then(ctx, args[1], state, |ctx, state, pool| {
        let size = match state[1] {
            Value::None => pool.len() as i64,
            size if size.is_int() => slicing::size_argument(ctx, size)?,
            _ => return Err(ctx.type_error("Expected int as r")),
        };
        made(ctx, state[0], pool, size)
    })
}

fn made<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    pool: Vec<Value<'gc>>,
    size: i64,
) -> FlowAnswer<'gc> {
    let Ok(size) = usize::try_from(size) else {
        return Err(ctx.value_error("r must be non-negative"));
    };
    if size > 1 << 40 {
        return Err(ctx.error_with(Exc::MemoryError, &[]));
    }
    let class = class_of(ctx, class);
    let replaces = class.is_subclass_of(ctx.type_of_def(&COMBINATIONS_WITH_REPLACEMENT));
    let count = pool.len();
    let impossible = match replaces {
        true => count == 0 && size > 0,
        false => size > count,
    };
    let (indices, cycles) = match (impossible, replaces) {
        (true, _) => (Vec::new(), Vec::new()),
        (false, true) => (vec![0; size], Vec::new()),
        (false, false) if class.is_subclass_of(ctx.type_of_def(&PERMUTATIONS)) => {
            ((0..count).collect(), (0..size).map(|i| count - i).collect())
        }
        (false, false) => ((0..size).collect(), Vec::new()),
    };
    let data = Choices {
        pool: ctx.tuple(pool),
        size,
        places: RefCell::new(Places {
            stage: if impossible {
                Stage::Done
            } else {
                Stage::Start
            },
            indices,
            cycles,
        }),
    };
    let made = Object::with_native::<Choices<'static>>(ctx, class, data);
    Ok(Flow::Return(Value::Object(made)))
}

/// Gives the next choice: `step` moves the places, and says whether it could.
fn advance<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    step: fn(&mut Places, usize, usize) -> bool,
) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Choices<'static>>() else {
        return Ok(Next::Exhausted);
    };
    let pool = walk.pool.items();
    let mut places = walk.places.borrow_mut();
    match places.stage {
        Stage::Done => return Ok(Next::Exhausted),
        Stage::Start => places.stage = Stage::Walking,
        Stage::Walking => {
            if !step(&mut places, pool.len(), walk.size) {
                places.stage = Stage::Done;
                return Ok(Next::Exhausted);
            }
        }
    }
    let chosen: Vec<Value<'gc>> = places
        .indices
        .iter()
        .take(walk.size)
        .filter_map(|at| pool.get(*at).copied())
        .collect();
    Ok(Next::Item(Value::Tuple(ctx.tuple(chosen))))
}

fn next_combination(places: &mut Places, count: usize, size: usize) -> bool {
    let indices = &mut places.indices;
    let movable = (0..size).rev().find(|&i| indices[i] != i + count - size);
    let Some(first) = movable else {
        return false;
    };
    let start = indices[first] + 1;
    for (offset, index) in indices[first..].iter_mut().enumerate() {
        *index = start + offset;
    }
    true
}

fn next_with_replacement(places: &mut Places, count: usize, size: usize) -> bool {
    let indices = &mut places.indices;
    let movable = (0..size).rev().find(|&i| indices[i] + 1 != count);
    let Some(first) = movable else {
        return false;
    };
    let next = indices[first] + 1;
    indices[first..].fill(next);
    true
}

fn next_permutation(places: &mut Places, count: usize, size: usize) -> bool {
    for i in (0..size).rev() {
        places.cycles[i] -= 1;
        if places.cycles[i] == 0 {
            places.indices[i..].rotate_left(1);
            places.cycles[i] = count - i;
        } else {
            let other = count - places.cycles[i];
            places.indices.swap(i, other);
            return true;
        }
    }
    false
}
