//! Tracebacks: a chain of entries, the outermost frame first.

use gc_arena::Collect;
use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;

use crate::bytecode::{Position, tables};
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::Plain;
use crate::native::{method, new};
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::def::{TypeDef, getset, getter, member};
use crate::types::exceptions::{self, Exc};
use crate::types::frame::FrameData;
use crate::types::list::List;
use crate::value::Value;
use crate::vm::frame::{PyFrame, line_at};

/// The struct behind a traceback entry.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Traceback<'gc> {
    /// `tb_frame`
    pub frame: Object<'gc>,
    /// The instruction that raised, if there is one where it is said to be.
    pub instruction: Option<usize>,
    /// `tb_lasti`, where a program has given it; else it is found from the instruction.
    pub offset: Option<i64>,
    /// `tb_lineno`: 0 for none.
    pub line: i64,
    /// `tb_next`: a traceback or None.
    pub next: Lock<Value<'gc>>,
}

impl NativeData for Traceback<'static> {
    type Data<'gc> = Traceback<'gc>;
}

impl<'gc> Traceback<'gc> {
    /// The code of the frame.
    pub fn unit(&self) -> Option<&'gc crate::bytecode::CodeUnit> {
        let frame = Value::Object(self.frame).native::<FrameData<'_>>()?;
        Some(frame.code.unit())
    }

    /// Where in the source the instruction comes from; none without a line.
    pub fn position(&self) -> Option<Position> {
        let position = self.unit()?.positions.get(self.instruction?)?;
        (position.line != 0).then_some(*position)
    }
}

/// The exception's traceback with an entry for `frame` put before it.
pub fn entry<'gc>(
    ctx: Context<'gc>,
    frame: &PyFrame<'gc>,
    frame_object: Object<'gc>,
    raised: Raised<'gc>,
) -> Value<'gc> {
    let instruction = frame.instruction();
    let line = line_at(frame.code.shown(), instruction);
    let next = exceptions::fields(raised.value()).map_or(Value::None, |f| f.traceback);
    let data = Traceback {
        frame: frame_object,
        instruction: Some(instruction),
        offset: None,
        line: line.into(),
        next: Lock::new(next),
    };
    make(ctx, data)
}

fn make<'gc>(ctx: Context<'gc>, data: Traceback<'gc>) -> Value<'gc> {
    let class = ctx.types().traceback;
    Value::Object(Object::with_native::<Traceback<'_>>(ctx, class, data))
}

/// The type.
pub static TRACEBACK: TypeDef = TypeDef {
    name: "traceback",
    signature: "(tb_next, tb_frame, tb_lasti, tb_lineno)",
    doc: "Create a new traceback object.",
    subclassable: false,
    methods: &[
        new(
            "__new__($type, tb_next, tb_frame, tb_lasti, tb_lineno)",
            Plain(traceback_new),
        ),
        method("__dir__($self, /)", "", Plain(dir)),
    ],
    getsets: &[
        member("tb_frame", "", |ctx, this| {
            Ok(Value::Object(traceback(ctx, this)?.frame))
        }),
        member("tb_lasti", "", |ctx, this| {
            let entry = traceback(ctx, this)?;
            let offset = match (entry.offset, entry.unit(), entry.instruction) {
                (None, Some(unit), Some(at)) => tables::offset_of(unit, at) as i64,
                (offset, ..) => offset.unwrap_or(0),
            };
            Ok(Value::Int(offset))
        }),
        getset(
            "tb_next",
            "",
            |ctx, this| Ok(traceback(ctx, this)?.next.get()),
            set_next,
        ),
        getter("tb_lineno", "", |ctx, this| {
            Ok(match traceback(ctx, this)?.line {
                0 => Value::None,
                line => Value::Int(line),
            })
        }),
    ],
    ..TypeDef::DEFAULT
};

fn traceback<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<&'gc Traceback<'gc>, Raised<'gc>> {
    value.native::<Traceback<'_>>().ok_or_else(|| {
        ctx.type_error(format!(
            "expected traceback object, got '{}'",
            ctx.type_name(value)
        ))
    })
}

fn traceback_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let [_, next, frame, last_instruction, line] = *args else {
        return Err(ctx.type_error("traceback() takes exactly 4 arguments"));
    };
    let data = frame.native::<FrameData<'_>>();
    let (Value::Object(frame), Some(data)) = (frame, data) else {
        return Err(ctx.type_error(format!(
            "traceback() argument 'tb_frame' must be frame, not {}",
            match frame {
                Value::None => "None".to_owned(),
                other => ctx.type_name(other),
            }
        )));
    };
    let offset = c_int(ctx, last_instruction)?;
    let unit = data.code.unit();
    let instruction = usize::try_from(offset)
        .ok()
        .and_then(|offset| tables::index_at(unit, offset));
    let mut line = c_int(ctx, line)?;
    if !next.is_none() {
        traceback(ctx, next)?;
    }
    if line == -1 {
        // To be found from the instruction.
        let position = instruction.and_then(|index| unit.positions.get(index));
        line = position.map_or(0, |p| i64::from(p.line));
    }
    Ok(make(
        ctx,
        Traceback {
            frame,
            instruction,
            offset: Some(offset),
            line,
            next: Lock::new(next),
        },
    ))
}

fn c_int<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    let number = ctx.index_clamped(value)?;
    if i32::try_from(number).is_err() {
        return Err(ctx.error(
            Exc::OverflowError,
            "Python int too large to convert to C int",
        ));
    }
    Ok(number)
}

fn dir<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    let names = names.map(|name| ctx.str_value(name)).to_vec();
    Ok(Value::List(List::new(ctx, names)))
}

fn set_next<'gc>(
    ctx: Context<'gc>,
    this: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    match value {
        Value::Absent => return Err(ctx.type_error("can't delete tb_next attribute")),
        Value::None => {}
        value => {
            traceback(ctx, value)?;
        }
    }
    let mut walked = value;
    while let Some(entry) = walked.native::<Traceback<'_>>() {
        if walked.is(this) {
            return Err(ctx.value_error("traceback loop detected"));
        }
        walked = entry.next.get();
    }
    if let Value::Object(object) = this
        && let Payload::Native(erased) = object.payload()
        && let Some(entry) = erased.downcast_write::<Traceback<'_>>(ctx.mc)
    {
        unlock!(entry, Traceback, next).set(value);
    }
    Ok(())
}
