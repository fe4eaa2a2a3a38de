//! Functions about objects: `getattr` and its kin, `callable`, `id`, `hash`,
//! `repr`, `ascii`, `format`, `len`, `isinstance`, `issubclass`.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, function};
use crate::protocol::attribute::{self, Attr};
use crate::protocol::{call, text};
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The functions of this file.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "getattr(object, name, default=None, /)",
        "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object; getattr(x, 'y') is equivalent to x.y.\nWhen a default argument is given, it is returned when the attribute doesn't\nexist; without it, an exception is raised in that case.",
        FlowCall(getattr),
    ),
    function(
        "hasattr(obj, name, /)",
        "Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError.",
        FlowCall(hasattr),
    ),
    function(
        "setattr(obj, name, value, /)",
        "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``",
        FlowCall(setattr),
    ),
    function(
        "delattr(obj, name, /)",
        "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``",
        FlowCall(delattr),
    ),
    function(
        "callable(obj, /)",
        "Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method.",
        Plain(callable),
    ),
    function(
        "id(obj, /)",
        "Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously existing objects.\n(CPython uses the object's memory address.)",
        Plain(id),
    ),
    function(
        "hash(obj, /)",
        "Return the hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true.",
        Plain(hash),
    ),
    function(
        "repr(obj, /)",
        "Return the canonical string representation of the object.\n\nFor many object types, including most builtins, eval() will return\nan object equal to the original if the builtin is evaluated.",
        FlowCall(repr),
    ),
    function(
        "ascii(obj, /)",
        "Return an ASCII-only representation of an object.\n\nAs repr(), return a string containing a printable representation of an\nobject, but escape the non-ASCII characters in the string returned by\nrepr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\nto that returned by repr() in Python 2.",
        FlowCall(ascii),
    ),
    function(
        "format(value, format_spec='', /)",
        "Return type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to the\nFormat Specification Mini-language. See help('FORMATTING') for details.\n\nIf type(value) does not supply a method named __format__\nand format_spec is empty, then str(value) is returned.",
        FlowCall(format),
    ),
    function(
        "len(obj, /)",
        "Return the number of items in a container.",
        Plain(len),
    ),
    function(
        "isinstance(obj, class_or_tuple, /)",
        "Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)\nor ...`` etc.",
        FlowCall(isinstance),
    ),
    function(
        "issubclass(cls, class_or_tuple, /)",
        "Return whether 'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)\nor ...``.",
        FlowCall(issubclass),
    ),
];

fn name_of<'gc>(ctx: Context<'gc>, name: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    name.as_str()
        .ok_or_else(|| crate::types::object_type::attribute_name_error(ctx, name))
}

fn getattr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (object, name) = (args[0], name_of(ctx, args[1])?);
    let Some(default) = args[2].present() else {
        return attribute::get(ctx, object, name);
    };
    let flow = match attribute::lookup(ctx, object, name) {
        Ok(Attr::Missing) => return Ok(Flow::Return(default)),
        Ok(Attr::Value(value)) => return Ok(Flow::Return(value)),
        Ok(Attr::Method(f)) => return Ok(Flow::Return(attribute::bind(ctx, f, object))),
        Ok(Attr::Flow(flow)) => flow,
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
            return Ok(Flow::Return(default));
        }
        Err(raised) => return Err(raised),
    };
    and_then(
        ctx,
        flow,
        vec![default],
        |ctx, state, result| match result {
            Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
                Ok(Flow::Return(state[0]))
            }
            result => result.map(Flow::Return),
        },
    )
}

fn hasattr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = name_of(ctx, args[1])?;
    let flow = match attribute::lookup(ctx, args[0], name) {
        Ok(Attr::Missing) => return Ok(Flow::Return(Value::bool(false))),
        Ok(Attr::Flow(flow)) => flow,
        Ok(_) => return Ok(Flow::Return(Value::bool(true))),
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
            return Ok(Flow::Return(Value::bool(false)));
        }
        Err(raised) => return Err(raised),
    };
    and_then(ctx, flow, vec![], |ctx, _, result| match result {
        Ok(_) => Ok(Flow::Return(Value::bool(true))),
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
            Ok(Flow::Return(Value::bool(false)))
        }
        Err(raised) => Err(raised),
    })
}

/// What an instance keeps under a name, if it keeps anything.
fn own_attribute<'gc>(ctx: Context<'gc>, object: Value<'gc>, name: Str<'gc>) -> Option<Value<'gc>> {
    match object {
        Value::Object(object) => object.attribute(ctx, name),
        _ => None,
    }
}

fn setattr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = name_of(ctx, args[1])?;
    let known = own_attribute(ctx, args[0], name);
    let flow = attribute::set(ctx, args[0], name, args[2])?;
    if !matches!(args[1], Value::Str(_))
        && known.is_none()
        && let Value::Object(object) = args[0]
        && let Some(stored) = own_attribute(ctx, args[0], name)
    {
        // A name of a class derived from str stays what it is, as a new key.
        let dict = object.dict(ctx);
        dict.remove_str(ctx, name);
        dict.set(ctx, args[1], stored)?;
    }
    and_then(ctx, flow, vec![], |_, _, result| {
        result.map(|_| Flow::Return(Value::None))
    })
}

fn delattr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = attribute::set(ctx, args[0], name_of(ctx, args[1])?, Value::Absent)?;
    and_then(ctx, flow, vec![], |_, _, result| {
        result.map(|_| Flow::Return(Value::None))
    })
}

fn callable<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::bool(call::is_callable(ctx, args[0])))
}

fn id<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(crate::protocol::hash::identity(ctx, args[0]))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.hash(args[0]).map(Value::Int)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    text::repr(ctx, args[0])
}

fn ascii<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::vm::rare::ascii(ctx, args[0])
}

fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let spec = args[1].or(ctx.str_value(""));
    if spec.as_str().is_none() {
        return Err(ctx.type_error(format!(
            "format() argument 2 must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, spec)
        )));
    }
    text::format(ctx, args[0], spec)
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, ctx.length(args[0])?))
}

fn isinstance<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::protocol::isinstance::is_instance(ctx, args[0], args[1])
}

fn issubclass<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::protocol::isinstance::is_subclass(ctx, args[0], args[1])
}
