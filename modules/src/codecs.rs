//! `_codecs`: the registry of encodings and error handlers, and `encode` and
//! `decode` by name. The functions of single codecs are in `codec_functions`, the
//! built-in error handlers in `codec_errors`. `codecs` itself is Python.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::call::{call_flow, is_callable};
use capers_runtime::protocol::{buffer, compare};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{Codec, Decoder, lookup as builtin};
use capers_runtime::types::codecs::{
    self, ERROR_HANDLERS, FOUND_CODECS, SEARCH_FUNCTIONS, find_codec, registered, unknown_handler,
};
use capers_runtime::types::list::List;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};

use crate::codec_errors;
use crate::codec_functions::{self, error_name};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The module.
pub static CODECS: ModuleDef = ModuleDef {
    name: "_codecs",
    doc: "",
    functions: FUNCTIONS,
    types: &[],
    finish: Some(codec_functions::add_to),
};

const FUNCTIONS: &[NativeDef] = &[
    function(
        "register(search_function, /)",
        "Register a codec search function.",
        Plain(register),
    ),
    function(
        "unregister(search_function, /)",
        "Unregister a codec search function and clear the registry's cache.",
        Plain(unregister),
    ),
    function(
        "lookup(encoding, /)",
        "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.",
        Plain(lookup),
    ),
    function(
        "encode(obj, encoding='utf-8', errors='strict')",
        "Encodes obj using the codec registered for encoding.",
        FlowCall(encode),
    ),
    function(
        "decode(obj, encoding='utf-8', errors='strict')",
        "Decodes obj using the codec registered for encoding.",
        FlowCall(decode),
    ),
    function(
        "register_error(errors, handler, /)",
        "Register the specified error handler under the name errors.",
        Plain(register_error),
    ),
    function(
        "_unregister_error(errors, /)",
        "Un-register the specified error handler for the error handling `errors'.",
        Plain(unregister_error),
    ),
    function(
        "lookup_error(name, /)",
        "lookup_error(errors) -> handler",
        Plain(lookup_error),
    ),
    function(
        "_builtin(encoding, /)",
        "The name of a built-in codec and the name of its module, or None.",
        Plain(describe),
    ),
    function(
        "_run_encoder(encoding, str, errors, /)",
        "Encodes with a built-in codec: the bytes and the number of characters.",
        FlowCall(run_encoder),
    ),
    function(
        "_run_decoder(encoding, data, errors, final, /)",
        "Decodes with a built-in codec: the text and the number of bytes used.",
        FlowCall(run_decoder),
    ),
];

/// The argument numbered `number`, a str.
pub(crate) fn text<'gc>(
    ctx: Context<'gc>,
    function: &str,
    number: &str,
    value: Value<'gc>,
) -> Result<Str<'gc>, Raised<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "{function}() argument{number} must be str, not {}",
            ctx.type_name(value)
        ))
    })
}

fn searches<'gc>(ctx: Context<'gc>) -> List<'gc> {
    let known = ctx.registry().get_text(ctx, SEARCH_FUNCTIONS);
    if let Some(list) = known.and_then(Value::as_list) {
        return list;
    }
    let list = List::new(ctx, Vec::new());
    ctx.registry()
        .set_text(ctx, SEARCH_FUNCTIONS, Value::List(list));
    list
}

fn register<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if !is_callable(ctx, args[0]) {
        return Err(ctx.type_error("argument must be callable"));
    }
    searches(ctx).borrow_mut(ctx).push(args[0]);
    Ok(Value::None)
}

fn unregister<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let list = searches(ctx);
    let mut kept = Vec::new();
    for function in list.to_vec() {
        if !compare::simple_eq(function, args[0]).unwrap_or(function.is(args[0])) {
            kept.push(function);
        }
    }
    *list.borrow_mut(ctx) = kept;
    // What the function has found is forgotten with all the rest.
    ctx.registry().set_text(ctx, FOUND_CODECS, Value::None);
    Ok(Value::None)
}

fn lookup<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    find_codec(ctx, text(ctx, "lookup", "", args[0])?)
}

/// The codec that `encode` and `decode` are to use.
fn codec_arguments<'gc>(
    ctx: Context<'gc>,
    function: &str,
    args: &[Value<'gc>],
) -> Result<(Str<'gc>, Option<Str<'gc>>), Raised<'gc>> {
    let argument = |name: &str, value: Value<'gc>| match value {
        Value::Absent => Ok(None),
        value => text(ctx, function, &format!(" '{name}'"), value).map(Some),
    };
    let encoding = argument("encoding", args[1])?;
    let errors = argument("errors", args[2])?;
    Ok((encoding.unwrap_or_else(|| ctx.str("utf-8")), errors))
}

fn encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (encoding, errors) = codec_arguments(ctx, "encode", args)?;
    let codec = encoding.to_str().and_then(builtin);
    let flow = match (codec, args[0].as_str()) {
        (Some(codec), Some(text)) => codecs::encode_with(ctx, codec, args[0], text, errors, true),
        (Some(codec), None) => Err(ctx.type_error(format!(
            "{}_encode() argument 1 must be str, not {}",
            error_name(codec),
            ctx.type_name(args[0])
        ))),
        (None, _) => by_registry(ctx, encoding, 0, args[0], errors),
    };
    first_of_pair(ctx, flow, encoding, "encoding")
}

fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (encoding, errors) = codec_arguments(ctx, "decode", args)?;
    let flow = match encoding.to_str().and_then(builtin) {
        Some(codec) => codec_functions::input(ctx, codec, args[0]).and_then(|input| {
            codecs::decode_with(ctx, Decoder::new(codec), input, errors, true, true)
        }),
        None => by_registry(ctx, encoding, 1, args[0], errors),
    };
    first_of_pair(ctx, flow, encoding, "decoding")
}

/// Calls the encoder (0) or decoder (1) of a codec that was registered.
fn by_registry<'gc>(
    ctx: Context<'gc>,
    encoding: Str<'gc>,
    which: usize,
    object: Value<'gc>,
    errors: Option<Str<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let codec = find_codec(ctx, encoding)?;
    let functions = codec.as_tuple().map_or(&[][..], |tuple| tuple.items());
    let function = functions.get(which).copied().unwrap_or(Value::None);
    let mut arguments = vec![object];
    arguments.extend(errors.map(Value::Str));
    call_flow(ctx, function, &arguments)
}

/// The object of the pair that a codec answers with. An error on the way gets a
/// note on the codec.
fn first_of_pair<'gc>(
    ctx: Context<'gc>,
    flow: Result<Flow<'gc>, Raised<'gc>>,
    encoding: Str<'gc>,
    doing: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let note = format!("{doing} with '{}' codec failed", encoding.to_string_lossy());
    let unknown = find_is_hopeless(ctx, encoding);
    let note = ctx.str_value(&note);
    let flow = flow.map_err(|raised| {
        if unknown {
            raised
        } else {
            codecs::noted(ctx, raised, note)
        }
    })?;
    let state = vec![note, ctx.str_value(doing)];
    and_then(ctx, flow, state, |ctx, state, result| {
        let pair = result.map_err(|raised| codecs::noted(ctx, raised, state[0]))?;
        match pair.as_tuple().map(|tuple| tuple.items()) {
            Some([made, _]) => Ok(Flow::Return(*made)),
            _ => {
                let doing = state[1].as_str().map_or(&b""[..], Str::bytes);
                let message = match doing {
                    b"encoding" => "encoder must return a tuple (object, integer)",
                    _ => "decoder must return a tuple (object,integer)",
                };
                Err(ctx.type_error(message))
            }
        }
    })
}

/// Whether no codec of that name is known: such an error gets no note.
fn find_is_hopeless<'gc>(ctx: Context<'gc>, encoding: Str<'gc>) -> bool {
    encoding.to_str().and_then(builtin).is_none() && find_codec(ctx, encoding).is_err()
}

fn register_error<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = text(ctx, "register_error", " 1", args[0])?;
    if !is_callable(ctx, args[1]) {
        return Err(ctx.type_error("handler must be callable"));
    }
    registered(ctx, ERROR_HANDLERS).set_str(ctx, name, args[1]);
    Ok(Value::None)
}

fn unregister_error<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = text(ctx, "_unregister_error", "", args[0])?;
    if codec_errors::find(ctx, name).is_some() {
        return Err(ctx.value_error(format!(
            "cannot un-register built-in error handler '{}'",
            name.to_string_lossy()
        )));
    }
    let removed = registered(ctx, ERROR_HANDLERS).remove_str(ctx, name);
    Ok(Value::bool(removed))
}

fn lookup_error<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = text(ctx, "lookup_error", "", args[0])?;
    let known = registered(ctx, ERROR_HANDLERS).get_str(ctx, name);
    match known.or_else(|| codec_errors::find(ctx, name)) {
        Some(handler) => Ok(handler),
        None => Err(unknown_handler(ctx, name)),
    }
}

fn describe<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = text(ctx, "_builtin", "", args[0])?;
    let Some(codec) = name.to_str().and_then(builtin) else {
        return Ok(Value::None);
    };
    let module = Codec::all()
        .find(|(known, _)| *known == codec)
        .map_or("", |(_, module)| module);
    let pair = [ctx.str_value(codec.name()), ctx.str_value(module)];
    Ok(Value::Tuple(ctx.tuple(pair)))
}

fn named<'gc>(ctx: Context<'gc>, name: Value<'gc>) -> Result<Codec, Raised<'gc>> {
    let name = text(ctx, "codec", " 1", name)?;
    name.to_str()
        .and_then(builtin)
        .ok_or_else(|| codecs::unknown_encoding(ctx, name))
}

fn run_encoder<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    codec_functions::encode(ctx, named(ctx, args[0])?, &args[1..])
}

fn run_decoder<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    codec_functions::decode(ctx, named(ctx, args[0])?, &args[1..])
}

/// An object's bytes as a bytes object. Raises TypeError.
pub(crate) fn bytes_of<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<capers_runtime::types::bytes::Bytes<'gc>, Raised<'gc>> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        value => Ok(ctx.bytes(&buffer::required(ctx, value)?)),
    }
}
