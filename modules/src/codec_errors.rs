//! The built-in error handlers as functions that Python code can call:
//! `codecs.strict_errors` and the rest.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{Errors, Replacement, handlers};
use capers_runtime::types::codecs::registered;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// Where the functions are kept, by the handlers' names.
const FUNCTIONS: &str = "codecs.builtin_errors";

macro_rules! handlers {
    ($($errors:ident $signature:literal $doc:literal;)*) => {
        fn definition(errors: Errors) -> &'static NativeDef {
            match errors {
                $(Errors::$errors => {
                    static DEF: NativeDef = function(
                        $signature,
                        $doc,
                        Plain(|ctx, args| handle(ctx, Errors::$errors, args[0])),
                    );
                    &DEF
                })*
            }
        }
    };
}

handlers! {
    Strict "strict_errors(exception, /)"
        "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.";
    Ignore "ignore_errors(exception, /)"
        "Implements the 'ignore' error handling, which ignores malformed data and continues.";
    Replace "replace_errors(exception, /)"
        "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.";
    Backslashreplace "backslashreplace_errors(exception, /)"
        "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.";
    Xmlcharrefreplace "xmlcharrefreplace_errors(exception, /)"
        "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.";
    Namereplace "namereplace_errors(exception, /)"
        "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.";
    Surrogateescape "surrogateescape(exception, /)" "";
    Surrogatepass "surrogatepass(exception, /)" "";
}

/// The function of the built-in handler `name`.
pub fn find<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Option<Value<'gc>> {
    let errors = name.to_str().and_then(Errors::from_name)?;
    let made = registered(ctx, FUNCTIONS);
    if let Some(function) = made.get_str(ctx, name) {
        return Some(function);
    }
    let native = NativeFunction::new(ctx, definition(errors), None, Value::None);
    made.set_str(ctx, name, Value::Native(native));
    Some(Value::Native(native))
}

/// What the handler answers: the replacement and where to go on.
fn handle<'gc>(ctx: Context<'gc>, errors: Errors, exception: Value<'gc>) -> Answer<'gc> {
    let Some(raised) = exceptions::as_exception(ctx, exception) else {
        return Err(if errors == Errors::Strict {
            ctx.type_error("codec must pass exception instance")
        } else {
            unknown(ctx, exception)
        });
    };
    if errors == Errors::Strict {
        return Err(raised);
    }
    let is = |kind| exceptions::matches(ctx, raised, kind);
    let field = |name| exceptions::field(ctx, exception, name);
    let (start, end) = (position(field("start")), position(field("end")));
    if is(Exc::UnicodeDecodeError) && errors.decodes() {
        let Some(input) = field("object").as_bytes() else {
            return Err(ctx.type_error("object attribute must be bytes"));
        };
        let (start, end) = clip(start, end, input.bytes().len());
        let encoding = encoding_of(field("encoding"));
        return match handlers::decoding(errors, &encoding, input.bytes(), start, end) {
            Some((text, next)) => answer(ctx, Value::Str(ctx.str_from_vec(text)), next),
            None => Err(raised),
        };
    }
    let encode = is(Exc::UnicodeEncodeError);
    let translate = is(Exc::UnicodeTranslateError)
        && matches!(
            errors,
            Errors::Ignore | Errors::Replace | Errors::Backslashreplace
        );
    if !encode && !translate {
        return Err(unknown(ctx, exception));
    }
    let Some(text) = field("object").as_str() else {
        return Err(ctx.type_error("object attribute must be unicode"));
    };
    let (start, end) = clip(start, end, text.char_count());
    if translate && errors == Errors::Replace {
        let marks = "\u{FFFD}".repeat(end.saturating_sub(start));
        return answer(ctx, ctx.str_value(&marks), end);
    }
    let encoding = encoding_of(field("encoding"));
    match handlers::encoding(errors, &encoding, text.text().slice(start..end)) {
        Some(Replacement::Text(text)) => answer(ctx, Value::Str(ctx.str_from_vec(text)), end),
        Some(Replacement::Bytes(bytes)) => {
            answer(ctx, Value::Bytes(ctx.bytes_from_vec(bytes)), end)
        }
        None => Err(raised),
    }
}

fn unknown<'gc>(ctx: Context<'gc>, exception: Value<'gc>) -> Raised<'gc> {
    let class = ctx.type_name(exception);
    ctx.type_error(format!(
        "don't know how to handle {class} in error callback"
    ))
}

fn answer<'gc>(ctx: Context<'gc>, made: Value<'gc>, next: usize) -> Answer<'gc> {
    let next = Value::from_usize(ctx.mc, next);
    Ok(Value::Tuple(ctx.tuple([made, next])))
}

fn position(value: Value<'_>) -> i64 {
    value.as_small_int().unwrap_or(0)
}

/// The two ends within `length`, as `PyUnicodeEncodeError_GetStart` and `GetEnd` have them.
fn clip(start: i64, end: i64, length: usize) -> (usize, usize) {
    let size = i64::try_from(length).unwrap_or(i64::MAX);
    let start = start.clamp(0, (size - 1).max(0));
    let end = end.max(1).min(size);
    (start as usize, end.max(start) as usize)
}

fn encoding_of(value: Value<'_>) -> String {
    value
        .as_str()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
