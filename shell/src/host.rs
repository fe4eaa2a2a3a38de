//! The one place where the shell meets the runtime: a program goes in, an exit status comes out.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use capers_runtime::builtins::code::compile_text;
use capers_runtime::compiler::{Mode, Options, statements};
use capers_runtime::context::Context;
use capers_runtime::import::{FrozenModule, import_module, run_in_module};
use capers_runtime::report_error;
use capers_runtime::runtime::{Interactive, Program, Runtime, main_module, start_sys};
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};

use crate::paint;
use crate::repl::console::{Answer, Argument, Console, Pushed};

/// The Python helper behind the prompt's commands and its completion.
const HELPER: FrozenModule = FrozenModule {
    name: "_capers_shell",
    source: include_str!("python/_capers_shell.py"),
    is_package: false,
};

/// Where the value of the expression that a command is about is kept.
const SUBJECT: &str = "capers_shell.subject";

/// What the shell decides about a runtime before it is built.
pub struct Settings {
    /// `sys.argv`.
    pub argv: Vec<OsString>,
    /// Collect garbage at every safe point (`CAPERS_GC_STRESS=1`).
    pub gc_stress: bool,
    /// How the REPL shows the repr of a value.
    pub display: Option<fn(&str) -> String>,
    /// Raised by Ctrl-C; the runtime raises KeyboardInterrupt at its next safe point and lowers it.
    pub interrupt: Arc<AtomicBool>,
}

/// A runtime with all modules, ready to run one program. Tracebacks and SystemExit's message go to standard
/// error before a method returns; the status is CPython's.
pub struct Host {
    settings: Settings,
    runtime: Option<Runtime>,
}

impl Host {
    /// Builds the runtime.
    pub fn new(settings: Settings) -> Host {
        Host {
            settings,
            runtime: None,
        }
    }

    /// The runtime, made when first needed with this folder first on `sys.path`.
    fn runtime(&mut self, folder: String) -> &mut Runtime {
        let settings = &self.settings;
        self.runtime.get_or_insert_with(|| {
            let argv = settings.argv.iter();
            let argv = argv.map(|a| a.to_string_lossy().into_owned()).collect();
            Runtime::builder()
                .native(capers_modules::NATIVE)
                .frozen(&capers_modules::frozen())
                .frozen(&[HELPER])
                .settings(capers_runtime::runtime::Settings {
                    argv,
                    path: vec![folder],
                    gc_stress: settings.gc_stress,
                    color_errors: paint::wanted(&io::stderr()),
                    display: settings.display,
                })
                .interrupt(Arc::clone(&settings.interrupt))
                .build()
        })
    }

    /// Runs a file as `__main__`; its folder comes first on `sys.path`.
    pub fn run_file(&mut self, path: &Path) -> ExitCode {
        if let Err(error) = std::fs::metadata(path) {
            let shown = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            let number = error.raw_os_error().unwrap_or(0);
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            eprintln!(
                "capers: can't open file '{}': [Errno {number}] {text}",
                shown.display()
            );
            return ExitCode::from(2);
        }
        let folder = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = folder
            .parent()
            .map_or_else(String::new, |f| f.to_string_lossy().into_owned());
        self.runtime(folder)
            .run_main(&Program::File(path.to_owned()))
            .into()
    }

    /// Runs source text as `__main__`; `name` is the file name that tracebacks show.
    pub fn run_source(&mut self, source: &[u8], name: &str) -> ExitCode {
        self.runtime(String::new())
            .run_main(&Program::Source(source.to_owned(), name.to_owned()))
            .into()
    }

    /// Finds a module on `sys.path` and runs it as `__main__`.
    pub fn run_module(&mut self, name: &str) -> ExitCode {
        let folder = std::env::current_dir().unwrap_or_default();
        let folder = folder.to_string_lossy().into_owned();
        self.runtime(folder)
            .run_main(&Program::Module(name.to_owned()))
            .into()
    }
}

impl Drop for Host {
    /// The process is about to end, and its memory goes as a whole: freeing object
    /// by object would only take time. Only files have to give what they hold back.
    fn drop(&mut self) {
        if let Some(mut runtime) = self.runtime.take() {
            runtime.enter(capers_modules::io::writers::write_out);
            std::mem::forget(runtime);
        }
    }
}

impl Console for Host {
    fn push(&mut self, source: &str) -> Pushed {
        let parts = statements(source);
        let several = parts.len() > 1;
        for part in parts {
            let mut part = part.to_owned();
            if several {
                // In a paste, the next statement ends the one before it.
                part.push_str("\n\n");
            }
            match self.runtime(String::new()).run_interactive(&part) {
                Interactive::Done => {}
                Interactive::Incomplete => return Pushed::Incomplete,
                Interactive::Exit(status) => return Pushed::Exit(status.into()),
            }
        }
        Pushed::Done
    }

    fn evaluate(&mut self, expression: &str) -> bool {
        self.runtime(String::new()).run(
            |ctx| {
                start_sys(ctx);
                ctx.remember_source("<stdin>", expression);
                let code =
                    compile_text(ctx, expression, "<stdin>", Mode::Eval, Options::default())?;
                Ok(run_in_module(ctx, code, main_module(ctx)))
            },
            |ctx, result| match result {
                Ok(value) => {
                    ctx.registry().set_text(ctx, SUBJECT, value);
                    report_error::finish(ctx);
                    true
                }
                Err(raised) => {
                    report_error::exit_status(ctx, raised);
                    false
                }
            },
        )
    }

    fn ask(&mut self, function: &str, arguments: &[Argument<'_>]) -> Result<Answer, String> {
        self.runtime(String::new()).run(
            |ctx| {
                start_sys(ctx);
                let mut state = vec![ctx.str_value(function)];
                state.extend(arguments.iter().map(|argument| match argument {
                    Argument::Value => ctx.registry().get_text(ctx, SUBJECT).unwrap_or(Value::None),
                    Argument::Text(text) => ctx.str_value(text),
                    Argument::Int(number) => Value::Int(*number),
                }));
                let helper = import_module(ctx, HELPER.name)?;
                and_then(ctx, helper, state, |ctx, state, helper| {
                    let (function, arguments) = state.split_first().unwrap_or((&Value::None, &[]));
                    let name = ctx.to_str(*function)?;
                    Ok(Flow::call(ctx.get_attr(helper?, name)?, arguments))
                })
            },
            |ctx, result| {
                report_error::finish(ctx);
                result.map(|value| answer_of(ctx, value)).map_err(|raised| {
                    if exceptions::matches(ctx, raised, Exc::KeyboardInterrupt) {
                        return "KeyboardInterrupt".to_owned();
                    }
                    let kind = ctx.type_name(raised.value());
                    match ctx.to_str(raised.value()) {
                        Ok(text) if !text.bytes().is_empty() => {
                            format!("{kind}: {}", text.to_string_lossy())
                        }
                        _ => kind,
                    }
                })
            },
        )
    }
}

/// A plain object as data.
fn answer_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer {
    let list = |items: &[Value<'gc>]| {
        Answer::List(items.iter().map(|&item| answer_of(ctx, item)).collect())
    };
    match value {
        Value::Bool(_) => Answer::Bool(ctx.truth(value).unwrap_or(false)),
        Value::Int(number) => Answer::Int(number),
        Value::Str(text) => Answer::Text(text.to_string_lossy().into_owned()),
        Value::Bytes(bytes) => Answer::Bytes(bytes.bytes().to_vec()),
        Value::List(items) => list(&items.to_vec()),
        Value::Tuple(items) => list(items.items()),
        _ => value.as_float().map_or(Answer::Nothing, Answer::Float),
    }
}
