//! `compile`, `exec`, `eval`, `__import__`, `globals`, `locals`, `vars`, `dir`.

use crate::bytecode::CodeFlags;
use crate::compiler::{self, Mode, Options, SyntaxErrorKind};
use crate::context::Context;
use crate::native::NativeCall::{Caller as CallerCall, Flow as FlowCall};
use crate::native::{NativeDef, function};
use crate::protocol::buffer;
use crate::raised::Raised;
use crate::types::code::Code;
use crate::types::codecs;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::function::Function;
use crate::value::Value;
use crate::vm::flow::{Flow, RunCode, and_then};
use crate::vm::frame::Caller;

/// The functions of this file.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        "Compile source into a code object that can be executed by exec() or eval().",
        FlowCall(compile),
    ),
    function(
        "exec(source, /, globals=None, locals=None, *, closure=None)",
        "Execute the given source in the context of globals and locals.",
        CallerCall(exec),
    ),
    function(
        "eval(source, /, globals=None, locals=None)",
        "Evaluate the given source in the context of globals and locals.",
        CallerCall(eval),
    ),
    function(
        "__import__(name, globals=None, locals=None, fromlist=(), level=0)",
        "Import a module.",
        FlowCall(import),
    ),
    function(
        "globals()",
        "Return the dictionary containing the current scope's global variables.",
        CallerCall(globals),
    ),
    function(
        "locals()",
        "Return a dictionary containing the current scope's local variables.",
        CallerCall(locals),
    ),
    function(
        "vars(object=None, /)",
        "Return the __dict__ attribute of an object, or locals().",
        CallerCall(vars),
    ),
    function(
        "dir(object=None, /)",
        "Return a list of names: those of the object, or of the current scope.",
        CallerCall(dir),
    ),
];

/// Compiles source text into a code object. Raises SyntaxError and its kin.
pub fn compile_text<'gc>(
    ctx: Context<'gc>,
    source: &str,
    filename: &str,
    mode: Mode,
    mut options: Options,
) -> Result<Code<'gc>, Raised<'gc>> {
    if source.contains('\0') {
        let message = "source code string cannot contain null bytes";
        return Err(ctx.error(Exc::SyntaxError, message));
    }
    options.max_str_digits = Some(ctx.int_digits_limit());
    match compiler::compile_and_warn(source, filename, mode, options) {
        Ok((unit, doubts)) => {
            for mut doubt in doubts {
                forget_text(&mut doubt.error, options.detached);
                warn(ctx, &doubt)?;
            }
            Ok(Code::new(ctx, &unit))
        }
        Err(mut error) => {
            forget_text(&mut error, options.detached);
            Err(syntax_error(ctx, &error))
        }
    }
}

/// Leaves an error without its line where it is one of the compiler and there is no file to
/// read the line from, as CPython does.
fn forget_text(error: &mut compiler::SyntaxError, detached: bool) {
    if !error.parsed || !detached && !error.filename.starts_with('<') {
        return;
    }
    // Columns are in bytes where there is no line to count characters in.
    if let Some(text) = error.text.take().filter(|text| !text.is_ascii()) {
        let in_bytes = |col: i32| {
            let before = text.chars().take(usize::try_from(col - 1).unwrap_or(0));
            i32::try_from(before.map(char::len_utf8).sum::<usize>() + 1).unwrap_or(col)
        };
        error.col = in_bytes(error.col);
        if error.end_line == error.line {
            error.end_col = in_bytes(error.end_col);
        }
    }
}

/// Gives a SyntaxWarning; where the filters make it an error, a SyntaxError is raised.
fn warn<'gc>(ctx: Context<'gc>, doubt: &compiler::Doubt) -> Result<(), Raised<'gc>> {
    let warnings = ctx.complete(crate::import::import_module(ctx, "warnings")?)?;
    let give = ctx.get_attr(warnings, ctx.intern("warn_explicit"))?;
    let category = Value::Type(ctx.exceptions().get(Exc::SyntaxWarning));
    let arguments = [
        ctx.str_value(&doubt.message),
        category,
        ctx.str_value(&doubt.error.filename),
        Value::Int(doubt.error.line.into()),
    ];
    match ctx.call(give, &arguments) {
        Err(raised) if exceptions::matches(ctx, raised, Exc::SyntaxWarning) => {
            Err(syntax_error(ctx, &doubt.error))
        }
        result => result.map(|_| ()),
    }
}

/// The exception of a source text that does not compile.
pub fn syntax_error<'gc>(ctx: Context<'gc>, error: &compiler::SyntaxError) -> Raised<'gc> {
    let kind = match error.kind {
        SyntaxErrorKind::Syntax => Exc::SyntaxError,
        SyntaxErrorKind::Indentation => Exc::IndentationError,
        SyntaxErrorKind::Tab => Exc::TabError,
        SyntaxErrorKind::Memory => return ctx.error(Exc::MemoryError, &error.message),
        SyntaxErrorKind::Recursion => return ctx.error(Exc::RecursionError, &error.message),
    };
    let text = error
        .text
        .as_deref()
        .map_or(Value::None, |t| ctx.str_value(t));
    let details = ctx.tuple([
        ctx.str_value(&error.filename),
        Value::Int(error.line.into()),
        Value::Int(error.col.into()),
        text,
        Value::Int(error.end_line.into()),
        Value::Int(error.end_col.into()),
    ]);
    ctx.error_with(
        kind,
        &[ctx.str_value(&error.message), Value::Tuple(details)],
    )
}

/// Source given as str or bytes, as text.
fn source_text<'gc>(
    ctx: Context<'gc>,
    source: Value<'gc>,
    function: &str,
    what: &str,
    filename: &str,
) -> Result<String, Raised<'gc>> {
    if let Some(text) = source.as_str() {
        return match text.to_str() {
            Some(text) => Ok(text.to_owned()),
            None => match codecs::encode(ctx, source, text, Some(ctx.str("utf-8")), None) {
                Err(raised) => Err(raised),
                Ok(flow) => match ctx.complete(flow) {
                    Err(raised) => Err(raised),
                    Ok(_) => Err(ctx.value_error("source is no text")),
                },
            },
        };
    }
    let bytes = match (source.as_bytes(), source.as_bytearray()) {
        (Some(bytes), _) => bytes.bytes().to_vec(),
        (_, Some(bytes)) => bytes.to_vec(),
        _ => match buffer::contents_if_any(ctx, source)? {
            Some(contents) => contents.to_vec(),
            None => return Err(ctx.type_error(format!("{function}() arg 1 must be a {what}"))),
        },
    };
    crate::import::decode_source(ctx, &bytes, filename)
}

fn compile<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let filename = match (args[1].as_str(), args[1].as_bytes()) {
        (Some(name), _) => name.to_string_lossy().into_owned(),
        (_, Some(name)) => String::from_utf8_lossy(name.bytes()).into_owned(),
        _ => {
            return Err(ctx.type_error(format!(
                "expected str, bytes or os.PathLike object, not {}",
                ctx.type_name(args[1])
            )));
        }
    };
    if filename.contains('\0') {
        return Err(ctx.value_error("embedded null character"));
    }
    let Some(mode) = args[2].as_str() else {
        return Err(ctx.type_error(format!(
            "compile() argument 'mode' must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[2])
        )));
    };
    let mode = match mode.bytes() {
        b"exec" => Mode::Exec,
        b"eval" => Mode::Eval,
        b"single" => Mode::Single,
        _ => return Err(ctx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let flags = match args[3].present() {
        Some(flags) => ctx.index_i64(flags, Exc::OverflowError)?,
        None => 0,
    };
    if flags & !KNOWN_FLAGS != 0 {
        return Err(ctx.value_error("compile(): unrecognised flags"));
    }
    let optimize = match args[5].present() {
        Some(level) => ctx.index_i64(level, Exc::OverflowError)?,
        None => -1,
    };
    if !(-1..=2).contains(&optimize) {
        return Err(ctx.value_error("compile(): invalid optimize value"));
    }
    let what = "string, bytes or AST object";
    let source = source_text(ctx, args[0], "compile", what, &filename)?;
    let options = Options {
        future_flags: (flags & i64::from(CodeFlags::FUTURE_ANNOTATIONS)) as u32,
        optimize: optimize.max(0) as u8,
        detached: true,
        ..Options::default()
    };
    let code = compile_text(ctx, &source, &filename, mode, options)?;
    Ok(Flow::Return(Value::Code(code)))
}

/// The flags that `compile` takes: CPython's `CO_FUTURE_*` and `PyCF_*`.
const KNOWN_FLAGS: i64 = 0x1FE_0000 | 0xF600 | 0x10;

/// The namespaces that `exec` and `eval` work in.
fn namespaces<'gc>(
    ctx: Context<'gc>,
    caller: &Option<Caller<'_, 'gc>>,
    globals: Value<'gc>,
    locals: Value<'gc>,
    function: &str,
) -> Result<(Dict<'gc>, Value<'gc>), Raised<'gc>> {
    let globals = globals.or(Value::None);
    let locals = locals.or(Value::None);
    let frame = caller.as_ref().and_then(|c| c.frame().map(|f| (c, f)));
    if globals.is_none() {
        let Some((caller, frame)) = frame else {
            return Err(ctx.error(Exc::SystemError, "globals and locals cannot be NULL"));
        };
        let locals = if locals.is_none() {
            caller.locals(ctx, frame)
        } else {
            locals
        };
        return Ok((frame.globals, locals));
    }
    let Some(dict) = globals.as_dict() else {
        let message = if function == "exec" {
            format!(
                "exec() globals must be a dict, not {}",
                ctx.type_name(globals)
            )
        } else if is_mapping(ctx, globals) {
            "globals must be a real dict; try eval(expr, {}, mapping)".to_owned()
        } else {
            "globals must be a dict".to_owned()
        };
        return Err(ctx.type_error(message));
    };
    if !locals.is_none() && !is_mapping(ctx, locals) {
        return Err(ctx.type_error(if function == "exec" {
            let given = ctx.type_name(locals);
            format!("locals must be a mapping or None, not {given}")
        } else {
            "locals must be a mapping".to_owned()
        }));
    }
    let names = ctx.names();
    if dict.get_str(ctx, names.__builtins__).is_none() {
        dict.set_str(ctx, names.__builtins__, Value::Dict(ctx.builtins()));
    }
    Ok((dict, if locals.is_none() { globals } else { locals }))
}

/// Whether a value can be subscripted (`PyMapping_Check`).
fn is_mapping<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let found = value.class(ctx).lookup(ctx, ctx.names().__getitem__);
    found.is_some() && value.as_type().is_none()
}

/// The builtins that code with these globals sees.
pub fn builtins_of<'gc>(ctx: Context<'gc>, globals: Dict<'gc>) -> Dict<'gc> {
    match globals.get_str(ctx, ctx.names().__builtins__) {
        Some(Value::Module(module)) => module.dict(),
        Some(value) => value.as_dict().unwrap_or(ctx.builtins()),
        None => ctx.builtins(),
    }
}

fn run<'gc>(
    ctx: Context<'gc>,
    code: Code<'gc>,
    globals: Dict<'gc>,
    locals: Value<'gc>,
    closure: Vec<crate::types::cell::Cell<'gc>>,
) -> Flow<'gc> {
    let builtins = builtins_of(ctx, globals);
    if code.unit().flags.has(CodeFlags::OPTIMIZED) {
        // A function's code: as if the function were called without arguments.
        let function = Function::new(ctx, code, globals, builtins, closure.into());
        function.update(ctx, |fields| fields.qualname = code.name());
        return Flow::call(Value::Function(function), &[]);
    }
    Flow::Run(Box::new(RunCode {
        code,
        globals,
        builtins,
        locals,
        closure,
    }))
}

fn exec<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (globals, locals) = namespaces(ctx, &caller, args[1], args[2], "exec")?;
    let (code, closure) = match args[0] {
        Value::Code(code) => {
            let wanted = code.0.free_count;
            let given = args[3].or(Value::None);
            if wanted == 0 && !given.is_none() {
                return Err(ctx.type_error("cannot use a closure with this code object"));
            }
            let cells: Option<Vec<_>> = given.as_tuple().map_or(Some(Vec::new()), |cells| {
                let cells = cells.items().iter().map(|c| match c {
                    Value::Cell(cell) => Some(*cell),
                    _ => None,
                });
                cells.collect()
            });
            match cells {
                Some(cells) if cells.len() == wanted => (code, cells),
                _ => {
                    return Err(ctx.type_error(format!(
                        "code object requires a closure of exactly length {wanted}"
                    )));
                }
            }
        }
        _ if !args[3].or(Value::None).is_none() => {
            let message = "closure can only be used when source is a code object";
            return Err(ctx.type_error(message));
        }
        source => {
            let what = "string, bytes or code object";
            let text = source_text(ctx, source, "exec", what, "<string>")?;
            let code = compile_text(ctx, &text, "<string>", Mode::Exec, Options::default())?;
            (code, Vec::new())
        }
    };
    let flow = run(ctx, code, globals, locals, closure);
    and_then(ctx, flow, vec![], |_, _, result| {
        result.map(|_| Flow::Return(Value::None))
    })
}

fn eval<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (globals, locals) = namespaces(ctx, &caller, args[1], args[2], "eval")?;
    let code = match args[0] {
        Value::Code(code) if code.0.free_count > 0 => {
            let message = "code object passed to eval() may not contain free variables";
            return Err(ctx.type_error(message));
        }
        Value::Code(code) => code,
        source => {
            let what = "string, bytes or code object";
            let text = source_text(ctx, source, "eval", what, "<string>")?;
            let text = text.trim_start_matches([' ', '\t']);
            compile_text(ctx, text, "<string>", Mode::Eval, Options::default())?
        }
    };
    Ok(run(ctx, code, globals, locals, Vec::new()))
}

fn import<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[0].as_str() else {
        return Err(ctx.type_error("module name must be a string"));
    };
    let level = match args[4].present() {
        Some(level) => ctx.index_i64(level, Exc::OverflowError)?,
        None => 0,
    };
    let from_names = args[3].or(Value::None);
    crate::import::import(ctx, name, args[1].or(Value::None), from_names, level)
}

fn no_frame<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error(Exc::SystemError, "frame does not exist")
}

fn globals<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    _args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let frame = caller.as_ref().and_then(|c| c.frame());
    let frame = frame.ok_or_else(|| no_frame(ctx))?;
    Ok(Flow::Return(Value::Dict(frame.globals)))
}

fn locals<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    _args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let caller = caller.ok_or_else(|| no_frame(ctx))?;
    let frame = caller.frame().ok_or_else(|| no_frame(ctx))?;
    Ok(Flow::Return(caller.locals(ctx, frame)))
}

fn vars<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(object) = args[0].present() else {
        return locals(ctx, caller, args);
    };
    match ctx.try_attr(object, ctx.names().__dict__)? {
        Some(dict) => Ok(Flow::Return(dict)),
        None => Err(ctx.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn dir<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = match args[0].present() {
        None => {
            let caller = caller.ok_or_else(|| no_frame(ctx))?;
            let frame = caller.frame().ok_or_else(|| no_frame(ctx))?;
            ctx.call_method(caller.locals(ctx, frame), ctx.names().keys, &[])?
        }
        Some(object) => match ctx.call_special(object, ctx.names().__dir__, &[])? {
            Some(names) => names,
            None => return Err(ctx.type_error("object does not provide __dir__")),
        },
    };
    crate::vm::drive::collect_then(ctx, names, vec![], |ctx, _, items| {
        crate::types::list_sort::sorted_list(ctx, items, Value::None, false)
    })
}
