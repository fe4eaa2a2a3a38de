//! Closure cells. Owns the struct and the type's methods.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{comparison, new, slot};
use crate::protocol::compare;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getset};
use crate::value::Value;
use crate::vm::flow::Flow;

/// A variable that inner functions share.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Cell<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl<'gc> Cell<'gc> {
    /// A new cell; absent contents mean that the variable is not bound.
    pub fn new(ctx: Context<'gc>, contents: Value<'gc>) -> Self {
        Cell(Gc::new(ctx.mc, Lock::new(contents)))
    }

    /// The contents, perhaps absent.
    #[inline]
    pub fn get(self) -> Value<'gc> {
        self.0.get()
    }

    /// Replaces the contents.
    #[inline]
    pub fn set(self, ctx: Context<'gc>, contents: Value<'gc>) {
        self.0.set(ctx.mc, contents);
    }
}

/// The type.
pub static CELL: TypeDef = TypeDef {
    name: "cell",
    signature: "([contents])",
    doc: "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(cell_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(shown)),
        comparison(
            Comparison::Less,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::Less, args)),
        ),
        comparison(
            Comparison::LessEqual,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::LessEqual, args)),
        ),
        comparison(
            Comparison::Equal,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::Equal, args)),
        ),
        comparison(
            Comparison::NotEqual,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::NotEqual, args)),
        ),
        comparison(
            Comparison::Greater,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::Greater, args)),
        ),
        comparison(
            Comparison::GreaterEqual,
            FlowCall(|ctx, args| compare_cells(ctx, Comparison::GreaterEqual, args)),
        ),
    ],
    getsets: &[getset("cell_contents", "", contents, set_contents)],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Cell<'gc>, Raised<'gc>> {
    match value {
        Value::Cell(cell) => Ok(cell),
        _ => Err(ctx.type_error("expected a cell object")),
    }
}

fn cell_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[2].as_dict().is_some_and(|named| !named.is_empty()) {
        return Err(ctx.type_error("cell() takes no keyword arguments"));
    }
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    match given {
        [] => Ok(Value::Cell(Cell::new(ctx, Value::Absent))),
        [contents] => Ok(Value::Cell(Cell::new(ctx, *contents))),
        more => Err(ctx.type_error(format!(
            "cell expected at most 1 argument, got {}",
            more.len()
        ))),
    }
}

fn contents<'gc>(ctx: Context<'gc>, cell: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    match this(ctx, cell)?.get().present() {
        Some(value) => Ok(value),
        None => Err(ctx.value_error("Cell is empty")),
    }
}

/// Sets the contents, or empties the cell.
fn set_contents<'gc>(
    ctx: Context<'gc>,
    cell: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    this(ctx, cell)?.set(ctx, value);
    Ok(())
}

fn shown<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let cell = this(ctx, args[0])?;
    let address = Gc::as_ptr(cell.0) as usize;
    let what = match cell.get().present() {
        None => "empty".to_owned(),
        Some(value) => format!(
            "{} object at {:#x}",
            ctx.type_name(value),
            value.address().unwrap_or(0)
        ),
    };
    Ok(ctx.str_value(&format!("<cell at {address:#x}: {what}>")))
}

/// Compares the contents; an empty cell is less than any other.
fn compare_cells<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (Value::Cell(left), Value::Cell(right)) = (args[0], args[1]) else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    match (left.get().present(), right.get().present()) {
        (Some(left), Some(right)) => compare::compare(ctx, op, left, right),
        (left, right) => Ok(Flow::Return(Value::bool(compare::apply(
            op,
            left.is_some(),
            right.is_some(),
        )))),
    }
}
