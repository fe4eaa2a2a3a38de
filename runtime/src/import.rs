//! `import`: the registry of native and frozen modules, the search of
//! `sys.path`, and what the import instructions do. Follows CPython's
//! `importlib._bootstrap` in what a program sees.

use std::path::{Path, PathBuf};

use gc_arena::Collect;

use crate::compiler::{Mode, Options};
use crate::context::Context;
use crate::native::NativeDef;
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::list::List;
use crate::types::module::Module;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, RunCode, Step, and_then};
use crate::vm::frame::PyFrame;

/// Sets what a native module's tables can't say, when the module is made.
pub type FinishModule = for<'gc> fn(Context<'gc>, Module<'gc>) -> Result<(), Raised<'gc>>;

/// A native module's declaration.
pub struct ModuleDef {
    /// Its full name.
    pub name: &'static str,
    /// `__doc__`; empty for None.
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [NativeDef],
    /// Its types, each an attribute under its name.
    pub types: &'static [&'static TypeDef],
    /// Sets constants and whatever else the tables can't say.
    pub finish: Option<FinishModule>,
}

/// A module whose Python source is part of the program.
#[derive(Copy, Clone)]
pub struct FrozenModule {
    /// Its full name.
    pub name: &'static str,
    /// Its source.
    pub source: &'static str,
    /// Whether it is a package.
    pub is_package: bool,
}

/// The modules that `import` finds without looking at files.
#[derive(Clone, Default)]
pub struct Registered {
    /// Native modules.
    pub native: Vec<&'static ModuleDef>,
    /// Frozen modules.
    pub frozen: Vec<FrozenModule>,
}

/// `ModuleSpec`: what `__spec__` is. Its attributes live in its `__dict__`.
pub static MODULE_SPEC: TypeDef = TypeDef {
    name: "ModuleSpec",
    module: "_frozen_importlib",
    has_dict: true,
    mutable: true,
    ..TypeDef::DEFAULT
};

/// What the instruction ImportName does: calls `__import__`.
pub fn import_statement<'gc>(
    ctx: Context<'gc>,
    frame: &PyFrame<'gc>,
    name: Str<'gc>,
    from_names: Value<'gc>,
    level: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(hook) = frame.builtins.get_str(ctx, ctx.names().__import__) else {
        return Err(ctx.error(Exc::ImportError, "__import__ not found"));
    };
    let globals = Value::Dict(frame.globals);
    if let Value::Native(native) = hook
        && native.def().name() == "__import__"
    {
        let level = ctx.index_i64(level, Exc::OverflowError)?;
        return import(ctx, name, globals, from_names, level);
    }
    let locals = frame.locals.or(Value::None);
    let arguments = [Value::Str(name), globals, locals, from_names, level];
    Ok(Flow::call(hook, &arguments))
}

/// `__import__(name, globals, locals, fromlist, level)`.
pub fn import<'gc>(
    ctx: Context<'gc>,
    name: Str<'gc>,
    globals: Value<'gc>,
    from_names: Value<'gc>,
    level: i64,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if level < 0 {
        return Err(ctx.value_error("level must be >= 0"));
    }
    let given = name.to_string_lossy().into_owned();
    let full = if level == 0 {
        if given.is_empty() {
            return Err(ctx.value_error("Empty module name"));
        }
        given.clone()
    } else {
        let package = package_of(ctx, globals)?;
        let mut parts: Vec<&str> = package.split('.').collect();
        if (level as usize) > parts.len() {
            let message = "attempted relative import beyond top-level package";
            return Err(ctx.error(Exc::ImportError, message));
        }
        parts.truncate(parts.len() + 1 - level as usize);
        let base = parts.join(".");
        if given.is_empty() {
            base
        } else {
            format!("{base}.{given}")
        }
    };
    let wants_names = ctx.truth(from_names)?;
    // Without names the answer is the package that the first part names.
    let answer = if wants_names {
        full.clone()
    } else if level == 0 {
        full.split('.').next().unwrap_or(&full).to_owned()
    } else {
        let extra = given.split('.').count() - 1;
        let parts: Vec<&str> = full.split('.').collect();
        parts[..parts.len() - extra].join(".")
    };
    let state = vec![ctx.str_value(&answer), from_names];
    and_then(
        ctx,
        import_module(ctx, &full)?,
        state,
        |ctx, state, result| {
            let module = result?;
            let answer = match state[0]
                .as_str()
                .and_then(|n| ctx.modules().get_str(ctx, n))
            {
                Some(found) => found,
                None => module,
            };
            if !ctx.truth(state[1])? {
                return Ok(Flow::Return(answer));
            }
            import_submodules(ctx, answer, state[1])
        },
    )
}

/// The package that relative imports of a module with these globals start from.
fn package_of<'gc>(ctx: Context<'gc>, globals: Value<'gc>) -> Result<String, Raised<'gc>> {
    let names = ctx.names();
    let globals = globals.as_dict();
    let text = |name| {
        let value = globals.and_then(|g| g.get_str(ctx, name));
        value
            .and_then(|v| v.as_str())
            .map(|s| s.to_string_lossy().into_owned())
    };
    let package = match text(names.__package__) {
        Some(package) => package,
        None => {
            let name = text(names.__name__).unwrap_or_default();
            if globals.is_some_and(|g| g.get_str(ctx, names.__path__).is_some()) {
                name
            } else {
                name.rsplit_once('.')
                    .map_or(String::new(), |(package, _)| package.to_owned())
            }
        }
    };
    if package.is_empty() {
        let message = "attempted relative import with no known parent package";
        return Err(ctx.error(Exc::ImportError, message));
    }
    Ok(package)
}

/// Imports the names of `from package import names` that are submodules.
fn import_submodules<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    from_names: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    if ctx.try_attr(module, names.__path__)?.is_none() {
        return Ok(Flow::Return(module));
    }
    let mut wanted: Vec<Value<'gc>> = match (from_names.as_tuple(), from_names.as_list()) {
        (Some(tuple), _) => tuple.items().to_vec(),
        (_, Some(list)) => list.to_vec(),
        _ => Vec::new(),
    };
    let star = wanted
        .iter()
        .any(|v| v.as_str().is_some_and(|s| s.bytes() == b"*"));
    if star && let Some(all) = ctx.try_attr(module, names.__all__)? {
        match (all.as_tuple(), all.as_list()) {
            (Some(tuple), _) => wanted.extend_from_slice(tuple.items()),
            (_, Some(list)) => wanted.extend(list.to_vec()),
            _ => {}
        }
    }
    let Some(package) = ctx
        .try_attr(module, names.__name__)?
        .and_then(|n| n.as_str())
    else {
        return Ok(Flow::Return(module));
    };
    let package = package.to_string_lossy();
    let mut pending = Vec::new();
    for value in wanted {
        let Some(name) = value.as_str() else { continue };
        if name.bytes() != b"*" && ctx.try_attr(module, name)?.is_none() {
            pending.push(format!("{package}.{}", name.to_string_lossy()));
        }
    }
    if pending.is_empty() {
        return Ok(Flow::Return(module));
    }
    Ok(Flow::frame(ImportEach {
        module,
        pending,
        current: String::new(),
    }))
}

/// Imports submodules one after the other; one that does not exist is no error
/// here: the name is looked up as an attribute next.
#[derive(Collect)]
#[collect(no_drop)]
struct ImportEach<'gc> {
    module: Value<'gc>,
    #[collect(require_static)]
    pending: Vec<String>,
    #[collect(require_static)]
    current: String,
}

impl<'gc> NativeFrame<'gc> for ImportEach<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Input::Raised(raised) = input {
            let name = exceptions::field(ctx, raised.value(), "name");
            let ours = name
                .as_str()
                .is_some_and(|n| n.bytes() == self.current.as_bytes());
            if !(ours && exceptions::matches(ctx, raised, Exc::ModuleNotFoundError)) {
                return Err(raised);
            }
        }
        if self.pending.is_empty() {
            return Ok(Step::Return(self.module));
        }
        self.current = self.pending.remove(0);
        import_module(ctx, &self.current).map(Step::Await)
    }
}

/// `importlib.import_module(name)` for an absolute name: the flow's result is
/// the module that the whole name names.
pub fn import_module<'gc>(ctx: Context<'gc>, name: &str) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(module) = ctx.modules().get_text(ctx, name) {
        if module.is_none() {
            let message = format!("import of {name} halted; None in sys.modules");
            return Err(not_found(ctx, name, message));
        }
        return Ok(Flow::Return(module));
    }
    Ok(Flow::frame(ImportModule {
        name: name.to_owned(),
        done: 0,
        loading: None,
        module: Value::None,
    }))
}

/// Imports a dotted name part by part.
#[derive(Collect)]
#[collect(no_drop)]
struct ImportModule<'gc> {
    #[collect(require_static)]
    name: String,
    /// How many parts are imported.
    #[collect(require_static)]
    done: usize,
    /// The full name of the module whose code runs.
    #[collect(require_static)]
    loading: Option<String>,
    /// The module of the parts so far.
    module: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for ImportModule<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(loaded) = self.loading.take() {
            if let Input::Raised(raised) = input {
                ctx.modules().remove_str(ctx, ctx.intern(&loaded));
                return Err(raised);
            }
            let Some(module) = ctx.modules().get_text(ctx, &loaded) else {
                let message = format!("module {loaded:?} not in sys.modules");
                return Err(ctx.error(Exc::KeyError, message));
            };
            set_initialized(ctx, module)?;
            self.finish_part(ctx, &loaded, module)?;
        }
        let name = self.name.clone();
        let parts: Vec<&str> = name.split('.').collect();
        while self.done < parts.len() {
            let full = parts[..=self.done].join(".");
            if let Some(module) = ctx.modules().get_text(ctx, &full) {
                self.module = module;
                self.done += 1;
                continue;
            }
            match find(ctx, &full, self.module)? {
                Loaded::Done(module) => self.finish_part(ctx, &full, module)?,
                Loaded::Run(flow) => {
                    self.loading = Some(full);
                    return Ok(Step::Await(flow));
                }
            }
        }
        Ok(Step::Return(self.module))
    }
}

impl<'gc> ImportModule<'gc> {
    /// Makes an imported module an attribute of its package.
    fn finish_part(
        &mut self,
        ctx: Context<'gc>,
        full: &str,
        module: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        if let Some((_, last)) = full.rsplit_once('.') {
            ctx.set_attr(self.module, ctx.intern(last), module)?;
        }
        self.module = module;
        self.done += 1;
        Ok(())
    }
}

/// A module that was found.
enum Loaded<'gc> {
    /// It is complete.
    Done(Value<'gc>),
    /// This runs its code.
    Run(Flow<'gc>),
}

/// Finds a module: native, frozen, then files. Raises ModuleNotFoundError.
fn find<'gc>(
    ctx: Context<'gc>,
    full: &str,
    parent: Value<'gc>,
) -> Result<Loaded<'gc>, Raised<'gc>> {
    let registered = &ctx.state().registered;
    if let Some(def) = registered.native.iter().find(|m| m.name == full) {
        let module = Value::Module(make_native(ctx, def)?);
        ctx.modules().set_text(ctx, full, module);
        return Ok(Loaded::Done(module));
    }
    if let Some(source) = locate(ctx, full, parent)? {
        return run_source(ctx, full, source).map(Loaded::Run);
    }
    let (search, last) = search_folders(ctx, full, parent)?;
    let folders: Vec<String> = search
        .iter()
        .map(|folder| base_of(folder).join(&last))
        .filter(|candidate| candidate.is_dir())
        .map(|candidate| candidate.to_string_lossy().into_owned())
        .collect();
    if folders.is_empty() {
        let name = ctx.repr(ctx.str_value(full))?;
        let message = format!("No module named {}", name.to_string_lossy());
        return Err(not_found(ctx, full, message));
    }
    // A folder without `__init__.py` is a namespace package.
    let module = Module::new(ctx, ctx.intern(full));
    describe(ctx, module, full, None, Some(folders));
    let module = Value::Module(module);
    set_initialized(ctx, module)?;
    ctx.modules().set_text(ctx, full, module);
    Ok(Loaded::Done(module))
}

/// The source of a module that was found.
struct SourceText {
    text: String,
    origin: String,
    is_file: bool,
    /// `__path__`, for a package.
    package_path: Option<Vec<String>>,
}

/// Finds the source of a module: frozen, then files.
fn locate<'gc>(
    ctx: Context<'gc>,
    full: &str,
    parent: Value<'gc>,
) -> Result<Option<SourceText>, Raised<'gc>> {
    let registered = &ctx.state().registered;
    if let Some(frozen) = registered.frozen.iter().find(|m| m.name == full) {
        return Ok(Some(SourceText {
            text: frozen.source.to_owned(),
            origin: format!("<frozen {full}>"),
            is_file: false,
            package_path: frozen.is_package.then(Vec::new),
        }));
    }
    let (search, last) = search_folders(ctx, full, parent)?;
    for folder in search {
        let base = base_of(&folder);
        let candidate = base.join(&last);
        let init = candidate.join("__init__.py");
        if init.is_file() {
            let path = vec![candidate.to_string_lossy().into_owned()];
            return read_file(ctx, &init, Some(path)).map(Some);
        }
        let file = base.join(format!("{last}.py"));
        if file.is_file() {
            return read_file(ctx, &file, None).map(Some);
        }
    }
    Ok(None)
}

fn base_of(folder: &str) -> PathBuf {
    PathBuf::from(if folder.is_empty() { "." } else { folder })
}

/// The folders to search for a module, and its name within them.
fn search_folders<'gc>(
    ctx: Context<'gc>,
    full: &str,
    parent: Value<'gc>,
) -> Result<(Vec<String>, String), Raised<'gc>> {
    let Some((package, last)) = full.rsplit_once('.') else {
        return Ok((search_path(ctx)?, full.to_owned()));
    };
    match ctx.try_attr(parent, ctx.names().__path__)? {
        Some(path) => Ok((texts(ctx, path)?, last.to_owned())),
        None => {
            let message = format!("No module named '{full}'; '{package}' is not a package");
            Err(not_found(ctx, full, message))
        }
    }
}

fn not_found<'gc>(ctx: Context<'gc>, full: &str, message: String) -> Raised<'gc> {
    let raised = ctx.error(Exc::ModuleNotFoundError, message);
    exceptions::set_field(ctx, raised, "name", ctx.str_value(full));
    raised
}

/// `sys.path` as texts; what the host set, where there is no `sys` yet.
fn search_path<'gc>(ctx: Context<'gc>) -> Result<Vec<String>, Raised<'gc>> {
    let names = ctx.names();
    if let Some(sys) = ctx.modules().get_str(ctx, names.sys)
        && let Some(path) = ctx.try_attr(sys, names.path)?
    {
        return texts(ctx, path);
    }
    Ok(ctx.state().settings.path.clone())
}

fn texts<'gc>(ctx: Context<'gc>, list: Value<'gc>) -> Result<Vec<String>, Raised<'gc>> {
    let iterator = crate::protocol::iterate::iter(ctx, list)?;
    let mut texts = Vec::new();
    while let Some(item) = ctx.next(iterator)? {
        if let Some(text) = item.as_str() {
            texts.push(text.to_string_lossy().into_owned());
        }
    }
    Ok(texts)
}

fn read_file<'gc>(
    ctx: Context<'gc>,
    file: &Path,
    package_path: Option<Vec<String>>,
) -> Result<SourceText, Raised<'gc>> {
    let origin = file.to_string_lossy().into_owned();
    let bytes = std::fs::read(file)
        .map_err(|error| ctx.error(Exc::ImportError, format!("cannot read {origin}: {error}")))?;
    let text = decode_source(ctx, &bytes, &origin)?;
    Ok(SourceText {
        text,
        origin,
        is_file: true,
        package_path,
    })
}

/// Source text of a file: UTF-8, with or without a byte order mark.
pub fn decode_source<'gc>(
    ctx: Context<'gc>,
    bytes: &[u8],
    filename: &str,
) -> Result<String, Raised<'gc>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(encoding) = declared_encoding(bytes) {
        let object = Value::Bytes(ctx.bytes(bytes));
        let name = Some(ctx.str(&encoding));
        let text = crate::types::codecs::decode(ctx, object, bytes, name, None)
            .and_then(|flow| ctx.complete(flow));
        return match text.map(|text| text.as_str()) {
            Ok(Some(text)) => Ok(text.to_string_lossy().into_owned()),
            _ => Err(ctx.error(Exc::SyntaxError, format!("unknown encoding: {encoding}"))),
        };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
            let message = format!(
                "Non-UTF-8 code starting with '\\x{:02x}' on line {line}, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
                bytes[at]
            );
            let details = [
                ctx.str_value(filename),
                Value::from_usize(ctx.mc, line),
                Value::Int(0),
                Value::None,
                Value::from_usize(ctx.mc, line),
                Value::Int(0),
            ];
            let details = Value::Tuple(ctx.tuple(details));
            Err(ctx.error_with(Exc::SyntaxError, &[ctx.str_value(&message), details]))
        }
    }
}

/// The encoding that a comment in the first two lines declares (PEP 263), unless it
/// is UTF-8.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&b| b == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.starts_with(b"#") {
            if line.is_empty() {
                continue;
            }
            return None;
        }
        let text = String::from_utf8_lossy(line);
        let Some(at) = text.find("coding") else {
            continue;
        };
        let Some(rest) = text.get(at + 6..)?.strip_prefix([':', '=']) else {
            continue;
        };
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
            .collect();
        let plain = name.to_ascii_lowercase().replace('_', "-");
        let is_utf8 = matches!(&*plain, "" | "utf-8" | "utf8" | "utf-8-sig");
        return (!is_utf8).then_some(name);
    }
    None
}

/// Makes the module of a source text and the flow that runs its code.
fn run_source<'gc>(
    ctx: Context<'gc>,
    full: &str,
    source: SourceText,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let SourceText {
        text,
        origin,
        is_file,
        package_path,
    } = source;
    let options = Options::default();
    let code = crate::builtins::code::compile_text(ctx, &text, &origin, Mode::Exec, options)?;
    if !is_file {
        ctx.remember_source(&origin, &text);
    }
    let module = Module::new(ctx, ctx.intern(full));
    describe(ctx, module, full, Some((&origin, is_file)), package_path);
    ctx.modules().set_text(ctx, full, Value::Module(module));
    Ok(run_in_module(ctx, code, module))
}

/// The flow that runs a module's code.
pub fn run_in_module<'gc>(
    ctx: Context<'gc>,
    code: crate::types::code::Code<'gc>,
    module: Module<'gc>,
) -> Flow<'gc> {
    let globals = module.dict();
    let builtins = ctx.builtins();
    let names = ctx.names();
    if globals.get_str(ctx, names.__builtins__).is_none() {
        let module = ctx.modules().get_str(ctx, names.builtins);
        let builtins = module.unwrap_or(Value::Dict(builtins));
        globals.set_str(ctx, names.__builtins__, builtins);
    }
    let locals = Value::Dict(globals);
    Flow::Run(Box::new(RunCode {
        code,
        globals,
        builtins,
        locals,
        closure: Vec::new(),
    }))
}

/// Sets the attributes that say where a module comes from.
fn describe<'gc>(
    ctx: Context<'gc>,
    module: Module<'gc>,
    full: &str,
    origin: Option<(&str, bool)>,
    package_path: Option<Vec<String>>,
) {
    let names = ctx.names();
    let dict = module.dict();
    let parent = match (&package_path, full.rsplit_once('.')) {
        (Some(_), _) => full,
        (None, Some((package, _))) => package,
        (None, None) => "",
    };
    dict.set_str(ctx, names.__package__, ctx.str_value(parent));
    let spec = Object::new(ctx, ctx.type_of_def(&MODULE_SPEC), Payload::NONE);
    let set = |name: &str, value| spec.set_attribute(ctx, ctx.intern(name), value);
    set("name", ctx.str_value(full));
    set("loader", Value::None);
    let origin_text = origin.map_or(Value::None, |(text, _)| ctx.str_value(text));
    set("origin", origin_text);
    let search = match &package_path {
        Some(path) => {
            let items = path.iter().map(|p| ctx.str_value(p)).collect();
            Value::List(List::new(ctx, items))
        }
        None => Value::None,
    };
    set("submodule_search_locations", search);
    set("parent", ctx.str_value(parent));
    set(
        "has_location",
        Value::bool(origin.is_some_and(|(_, is_file)| is_file)),
    );
    set("_initializing", Value::bool(true));
    dict.set_str(ctx, names.__spec__, Value::Object(spec));
    if let Some((text, true)) = origin {
        dict.set_str(ctx, names.__file__, ctx.str_value(text));
    }
    if package_path.is_some() {
        dict.set_str(ctx, names.__path__, search);
    }
}

fn set_initialized<'gc>(ctx: Context<'gc>, module: Value<'gc>) -> Result<(), Raised<'gc>> {
    if let Value::Module(module) = module
        && let Some(spec) = module.dict().get_str(ctx, ctx.names().__spec__)
        && !spec.is_none()
    {
        ctx.set_attr(spec, ctx.intern("_initializing"), Value::bool(false))?;
    }
    Ok(())
}

/// Whether a module's code is still running.
pub fn is_initializing<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> bool {
    let spec = module.dict().get_str(ctx, ctx.names().__spec__);
    match spec {
        Some(Value::Object(spec)) => matches!(
            spec.attribute(ctx, ctx.intern("_initializing")),
            Some(Value::Bool(crate::immediate::Truth::True))
        ),
        _ => false,
    }
}

/// What the instruction ImportFrom does.
pub fn import_from<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(value) = ctx.try_attr(module, name)? {
        return Ok(Flow::Return(value));
    }
    let names = ctx.names();
    let module_name = ctx
        .try_attr(module, names.__name__)?
        .and_then(|n| n.as_str());
    let text = name.to_string_lossy();
    let Some(module_name) = module_name else {
        let message =
            format!("cannot import name '{text}' from '<unknown module name>' (unknown location)");
        return Err(import_error(ctx, message, Value::None, Value::None, name));
    };
    let shown = module_name.to_string_lossy();
    if let Some(found) = ctx.modules().get_text(ctx, &format!("{shown}.{text}")) {
        return Ok(Flow::Return(found));
    }
    let file = ctx
        .try_attr(module, names.__file__)?
        .filter(|f| f.as_str().is_some());
    let place = match file.and_then(|f| f.as_str()) {
        Some(file) => file.to_string_lossy().into_owned(),
        None => "unknown location".to_owned(),
    };
    let partial = matches!(module, Value::Module(m) if is_initializing(ctx, m));
    let message = if partial {
        format!(
            "cannot import name '{text}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{text}' from '{shown}' ({place})")
    };
    let path = file.unwrap_or(Value::None);
    Err(import_error(
        ctx,
        message,
        Value::Str(module_name),
        path,
        name,
    ))
}

fn import_error<'gc>(
    ctx: Context<'gc>,
    message: String,
    module: Value<'gc>,
    path: Value<'gc>,
    name: Str<'gc>,
) -> Raised<'gc> {
    let raised = ctx.error(Exc::ImportError, message);
    exceptions::set_field(ctx, raised, "name", module);
    exceptions::set_field(ctx, raised, "path", path);
    exceptions::set_field(ctx, raised, "name_from", Value::Str(name));
    raised
}

/// What the instruction ImportStar does: copies the public names.
pub fn import_star<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    locals: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let names = ctx.names();
    let all = ctx.try_attr(module, names.__all__)?;
    let from_all = all.is_some();
    let wanted: Vec<Value<'gc>> = match all {
        Some(all) => items_of_all(ctx, all)?,
        None => {
            let dict = ctx.get_attr(module, names.__dict__)?;
            let Some(entries) = crate::vm::rare::mapping_entries(ctx, dict)? else {
                let message = "from-import-* object has no __dict__ and no __all__";
                return Err(ctx.error(Exc::ImportError, message));
            };
            entries.into_iter().map(|(key, _)| key).collect()
        }
    };
    for key in wanted {
        let Some(name) = key.as_str() else {
            let module_name = ctx.try_attr(module, names.__name__)?.unwrap_or(Value::None);
            return Err(ctx.type_error(format!(
                "{} in {}.{} must be str, not {}",
                if from_all { "Item" } else { "Key" },
                ctx.to_str(module_name)?.to_string_lossy(),
                if from_all { "__all__" } else { "__dict__" },
                ctx.type_name(key)
            )));
        };
        if !from_all && name.bytes().starts_with(b"_") {
            continue;
        }
        let value = ctx.get_attr(module, name)?;
        match locals {
            Value::Dict(dict) => dict.set_str(ctx, ctx.intern_str(name), value),
            locals => ctx.set_item(locals, Value::Str(name), value)?,
        }
    }
    Ok(())
}

/// The items of an `__all__`, which need only answer indices.
fn items_of_all<'gc>(ctx: Context<'gc>, all: Value<'gc>) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    match all {
        Value::Tuple(tuple) => return Ok(tuple.items().to_vec()),
        Value::List(list) => return Ok(list.to_vec()),
        _ => {}
    }
    let class = all.class(ctx);
    if class.lookup(ctx, ctx.names().__getitem__).is_none() {
        return Err(ctx.type_error(format!(
            "'{}' object does not support indexing",
            class.name_text()
        )));
    }
    let mut items = Vec::new();
    loop {
        match ctx.get_item(all, Value::Int(items.len() as i64)) {
            Ok(item) => items.push(item),
            Err(raised) if exceptions::matches(ctx, raised, Exc::IndexError) => return Ok(items),
            Err(raised) => return Err(raised),
        }
    }
}

/// The registered native module of this name, made now.
pub fn make_native<'gc>(
    ctx: Context<'gc>,
    def: &'static ModuleDef,
) -> Result<Module<'gc>, Raised<'gc>> {
    // `sys` is there before the first import, whose statement interns the others' names.
    let name = match def.name {
        "sys" => ctx.str(def.name),
        name => ctx.intern(name),
    };
    let module = Module::new(ctx, name);
    describe(ctx, module, def.name, Some(("built-in", false)), None);
    fill_native(ctx, def, module.dict());
    if let Some(finish) = def.finish {
        finish(ctx, module)?;
    }
    set_initialized(ctx, Value::Module(module))?;
    Ok(module)
}

/// Puts a native module's functions and types into its namespace.
pub fn fill_native<'gc>(ctx: Context<'gc>, def: &'static ModuleDef, dict: Dict<'gc>) {
    // Functions have the string that the module's `__name__` is: pickles write it once.
    let name = dict.get_str(ctx, ctx.names().__name__);
    let name = name.unwrap_or_else(|| Value::Str(ctx.intern(def.name)));
    if !def.doc.is_empty() {
        dict.set_str(ctx, ctx.names().__doc__, ctx.str_value(def.doc));
    }
    for function in def.functions {
        let native = NativeFunction::new(ctx, function, None, name);
        dict.set_text(ctx, function.name(), Value::Native(native));
    }
    for def in def.types {
        let class = ctx.type_of_def(def);
        dict.set_str(ctx, class.name(), Value::Type(class));
    }
}

/// Runs the module `name` as `__main__`, as `-m` does: a package through its
/// submodule `__main__`.
pub fn run_module_as_main<'gc>(
    ctx: Context<'gc>,
    name: &str,
    main: Module<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let parent = match name.rsplit_once('.') {
        Some((package, _)) => ctx.complete(import_module(ctx, package)?)?,
        None => Value::None,
    };
    let missing =
        |ctx: Context<'gc>| ctx.error(Exc::ImportError, format!("No module named {name}"));
    let source = locate(ctx, name, parent)?.ok_or_else(|| missing(ctx))?;
    let (full, source) = if source.package_path.is_some() {
        let package = ctx.complete(import_module(ctx, name)?)?;
        let full = format!("{name}.__main__");
        let inner = locate(ctx, &full, package)?.ok_or_else(|| missing(ctx))?;
        (full, inner)
    } else {
        (name.to_owned(), source)
    };
    let options = Options::default();
    let code = crate::builtins::code::compile_text(
        ctx,
        &source.text,
        &source.origin,
        Mode::Exec,
        options,
    )?;
    let origin = Some((source.origin.as_str(), source.is_file));
    describe(ctx, main, &full, origin, source.package_path);
    Ok(run_in_module(ctx, code, main))
}
