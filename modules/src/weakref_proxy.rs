//! Weak proxies: objects that do what is done to them with what they refer to, as
//! long as that is there.

use capers_runtime::builtins::numeric;
use capers_runtime::bytecode::{BinaryOperator, Comparison};
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, comparison, method, slot};
use capers_runtime::protocol::{attribute, call, compare, iterate, operator, subscript};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Call, Flow, and_then};
use capers_runtime::weak::Reference;

use crate::weakref::reference;

type FlowAnswer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

const BASE: TypeDef = TypeDef {
    module: "weakref",
    interned_module: true,
    subclassable: false,
    methods: METHODS,
    ..TypeDef::DEFAULT
};

/// `weakref.ProxyType`
pub static PROXY: TypeDef = TypeDef {
    name: "ProxyType",
    ..BASE
};

/// `weakref.CallableProxyType`
pub static CALLABLE_PROXY: TypeDef = TypeDef {
    name: "CallableProxyType",
    shared_methods: &[slot(
        "__call__($self, /, *args, **kwargs)",
        "Call self as a function.",
        FlowCall(called),
    )],
    ..BASE
};

/// `weakref.proxy(object, callback)`
pub fn make_proxy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let kind = if call::is_callable(ctx, args[0]) {
        &CALLABLE_PROXY
    } else {
        &PROXY
    };
    reference(
        ctx,
        kind,
        ctx.type_of_def(kind),
        args[0],
        args[1].or(Value::None),
    )
}

/// What a proxy stands for; any other value itself. Raises ReferenceError where it
/// is gone.
fn real<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = value.class(ctx);
    let proxy = if class == ctx.type_of_def(&PROXY) || class == ctx.type_of_def(&CALLABLE_PROXY) {
        value.native::<Reference<'static>>()
    } else {
        None
    };
    match proxy {
        None => Ok(value),
        Some(proxy) => proxy.referent.get(ctx.mc).ok_or_else(|| {
            let message = "weakly-referenced object no longer exists";
            ctx.error(Exc::ReferenceError, message)
        }),
    }
}

fn called<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let mut arguments = Arguments::positional(args[1].as_tuple().map_or(&[][..], |t| t.items()));
    if let Some(keywords) = args[2].as_dict() {
        for (name, value) in keywords.entries() {
            arguments.keywords.extend(name.as_str().map(|n| (n, value)));
        }
    }
    let callee = real(ctx, args[0])?;
    Ok(Flow::Call(Box::new(Call { callee, arguments })))
}

fn name<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<capers_runtime::types::str::Str<'gc>, Raised<'gc>> {
    value
        .as_str()
        .ok_or_else(|| ctx.type_error("attribute name must be string"))
}

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    attribute::get(ctx, real(ctx, args[0])?, name(ctx, args[1])?)
}

fn set_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    attribute::set(ctx, real(ctx, args[0])?, name(ctx, args[1])?, args[2])
}

fn delete_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    attribute::set(ctx, real(ctx, args[0])?, name(ctx, args[1])?, Value::Absent)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let at = args[0].address().unwrap_or(0);
    let proxy = args[0].native::<Reference<'static>>();
    let text = match proxy.and_then(|p| p.referent.get(ctx.mc)) {
        Some(referent) => format!(
            "<weakproxy at {at:#x}; to '{}' at {:#x}>",
            ctx.type_name(referent),
            referent.address().unwrap_or(0)
        ),
        None => format!("<weakproxy at {at:#x}; dead>"),
    };
    Ok(ctx.str_value(&text))
}

/// Operators and comparisons with both operands made real.
macro_rules! binary {
    ($($signature:literal $doc:literal $op:ident $reflected:literal;)*) => {
        [$(slot($signature, $doc, FlowCall(|ctx, args| {
            let (left, right) = if $reflected { (args[1], args[0]) } else { (args[0], args[1]) };
            operator::binary(ctx, BinaryOperator::$op, real(ctx, left)?, real(ctx, right)?)
        })),)*]
    };
}
macro_rules! in_place {
    ($($signature:literal $op:ident;)*) => {
        [$(slot($signature, "Operate in place.", FlowCall(|ctx, args| {
            operator::in_place(ctx, BinaryOperator::$op, real(ctx, args[0])?, real(ctx, args[1])?)
        })),)*]
    };
}
macro_rules! compared {
    ($($op:ident)*) => {
        [$(comparison(Comparison::$op, FlowCall(|ctx, args| {
            compare::compare(ctx, Comparison::$op, real(ctx, args[0])?, real(ctx, args[1])?)
        })),)*]
    };
}
/// Special methods of the referent's class, called as they are.
macro_rules! special {
    ($($signature:literal $doc:literal $name:literal;)*) => {
        [$(slot($signature, $doc, FlowCall(|ctx, args| {
            let object = real(ctx, args[0])?;
            match call::call_method(ctx, object, ctx.intern($name), &[])? {
                Some(flow) => Ok(flow),
                None => Err(ctx.type_error(format!(
                    "'{}' object has no method {}",
                    ctx.type_name(object),
                    $name
                ))),
            }
        })),)*]
    };
}

const BINARY: [NativeDef; 26] = binary! {
    "__add__($self, value, /)" "Return self+value." Add false;
    "__radd__($self, value, /)" "Return value+self." Add true;
    "__sub__($self, value, /)" "Return self-value." Subtract false;
    "__rsub__($self, value, /)" "Return value-self." Subtract true;
    "__mul__($self, value, /)" "Return self*value." Multiply false;
    "__rmul__($self, value, /)" "Return value*self." Multiply true;
    "__mod__($self, value, /)" "Return self%value." Remainder false;
    "__rmod__($self, value, /)" "Return value%self." Remainder true;
    "__pow__($self, value, mod=None, /)" "Return pow(self, value, mod)." Power false;
    "__rpow__($self, value, mod=None, /)" "Return pow(value, self, mod)." Power true;
    "__lshift__($self, value, /)" "Return self<<value." LeftShift false;
    "__rlshift__($self, value, /)" "Return value<<self." LeftShift true;
    "__rshift__($self, value, /)" "Return self>>value." RightShift false;
    "__rrshift__($self, value, /)" "Return value>>self." RightShift true;
    "__and__($self, value, /)" "Return self&value." And false;
    "__rand__($self, value, /)" "Return value&self." And true;
    "__xor__($self, value, /)" "Return self^value." Xor false;
    "__rxor__($self, value, /)" "Return value^self." Xor true;
    "__or__($self, value, /)" "Return self|value." Or false;
    "__ror__($self, value, /)" "Return value|self." Or true;
    "__floordiv__($self, value, /)" "Return self//value." FloorDivide false;
    "__rfloordiv__($self, value, /)" "Return value//self." FloorDivide true;
    "__truediv__($self, value, /)" "Return self/value." TrueDivide false;
    "__rtruediv__($self, value, /)" "Return value/self." TrueDivide true;
    "__matmul__($self, value, /)" "Return self@value." MatrixMultiply false;
    "__rmatmul__($self, value, /)" "Return value@self." MatrixMultiply true;
};

const DIVMOD: [NativeDef; 2] = [
    slot(
        "__divmod__($self, value, /)",
        "Return divmod(self, value).",
        FlowCall(|ctx, args| divided(ctx, args[0], args[1])),
    ),
    slot(
        "__rdivmod__($self, value, /)",
        "Return divmod(value, self).",
        FlowCall(|ctx, args| divided(ctx, args[1], args[0])),
    ),
];

fn divided<'gc>(ctx: Context<'gc>, left: Value<'gc>, right: Value<'gc>) -> FlowAnswer<'gc> {
    numeric::divmod(ctx, &[real(ctx, left)?, real(ctx, right)?])
}

const IN_PLACE: [NativeDef; 13] = in_place! {
    "__iadd__($self, value, /)" Add;
    "__isub__($self, value, /)" Subtract;
    "__imul__($self, value, /)" Multiply;
    "__imod__($self, value, /)" Remainder;
    "__ipow__($self, value, /)" Power;
    "__ilshift__($self, value, /)" LeftShift;
    "__irshift__($self, value, /)" RightShift;
    "__iand__($self, value, /)" And;
    "__ixor__($self, value, /)" Xor;
    "__ior__($self, value, /)" Or;
    "__ifloordiv__($self, value, /)" FloorDivide;
    "__itruediv__($self, value, /)" TrueDivide;
    "__imatmul__($self, value, /)" MatrixMultiply;
};

const COMPARED: [NativeDef; 6] = compared!(Less LessEqual Equal NotEqual Greater GreaterEqual);

const SPECIAL: [NativeDef; 8] = special! {
    "__neg__($self, /)" "-self" "__neg__";
    "__pos__($self, /)" "+self" "__pos__";
    "__abs__($self, /)" "abs(self)" "__abs__";
    "__invert__($self, /)" "~self" "__invert__";
    "__int__($self, /)" "int(self)" "__int__";
    "__float__($self, /)" "float(self)" "__float__";
    "__index__($self, /)" "Return self converted to an integer." "__index__";
    "__reversed__($self, /)" "" "__reversed__";
};

const OTHERS: [NativeDef; 14] = [
    slot(
        "__getattribute__($self, name, /)",
        "Return getattr(self, name).",
        FlowCall(get_attribute),
    ),
    slot(
        "__setattr__($self, name, value, /)",
        "Implement setattr(self, name, value).",
        FlowCall(set_attribute),
    ),
    slot(
        "__delattr__($self, name, /)",
        "Implement delattr(self, name).",
        FlowCall(delete_attribute),
    ),
    slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    slot(
        "__str__($self, /)",
        "Return str(self).",
        Plain(|ctx, args| ctx.to_str(real(ctx, args[0])?).map(Value::Str)),
    ),
    method(
        "__bytes__($self, /)",
        "",
        FlowCall(|ctx, args| {
            let object = real(ctx, args[0])?;
            attribute::get(ctx, object, ctx.intern("__bytes__")).and_then(|flow| {
                and_then(ctx, flow, vec![], |_, _, method| {
                    Ok(Flow::call(method?, &[]))
                })
            })
        }),
    ),
    slot(
        "__bool__($self, /)",
        "True if self else False",
        Plain(|ctx, args| ctx.truth(real(ctx, args[0])?).map(Value::bool)),
    ),
    slot(
        "__len__($self, /)",
        "Return len(self).",
        Plain(|ctx, args| {
            let length = ctx.length(real(ctx, args[0])?)?;
            Ok(Value::from_usize(ctx.mc, length))
        }),
    ),
    slot(
        "__getitem__($self, key, /)",
        "Return self[key].",
        FlowCall(|ctx, args| subscript::get(ctx, real(ctx, args[0])?, args[1])),
    ),
    slot(
        "__setitem__($self, key, value, /)",
        "Set self[key] to value.",
        FlowCall(|ctx, args| subscript::set(ctx, real(ctx, args[0])?, args[1], args[2])),
    ),
    slot(
        "__delitem__($self, key, /)",
        "Delete self[key].",
        FlowCall(|ctx, args| subscript::delete(ctx, real(ctx, args[0])?, args[1])),
    ),
    slot(
        "__contains__($self, key, /)",
        "Return bool(key in self).",
        FlowCall(|ctx, args| subscript::contains(ctx, real(ctx, args[0])?, args[1], false)),
    ),
    slot(
        "__iter__($self, /)",
        "Implement iter(self).",
        FlowCall(|ctx, args| iterate::iter_flow(ctx, real(ctx, args[0])?)),
    ),
    slot(
        "__next__($self, /)",
        "Implement next(self).",
        FlowCall(|ctx, args| {
            let object = real(ctx, args[0])?;
            match call::call_method(ctx, object, ctx.names().__next__, &[])? {
                Some(flow) => Ok(flow),
                None => Err(ctx.type_error("Weakref proxy referenced a non-iterator object")),
            }
        }),
    ),
];

const METHODS: &[NativeDef] = &all();

/// The tables above as one.
const fn all() -> [NativeDef; 69] {
    let mut all = [OTHERS[0]; 69];
    let mut at = 0;
    macro_rules! append {
        ($table:expr) => {{
            let table = $table;
            let mut i = 0;
            while i < table.len() {
                all[at] = table[i];
                at += 1;
                i += 1;
            }
        }};
    }
    append!(DIVMOD);
    append!(OTHERS);
    append!(COMPARED);
    append!(SPECIAL);
    append!(BINARY);
    append!(IN_PLACE);
    all
}
