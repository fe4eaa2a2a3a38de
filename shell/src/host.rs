//! The one place where the shell meets the runtime: a program goes in, an exit status comes out.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use capers_runtime::runtime::{Interactive, Program, Runtime};

use crate::repl::{Console, Pushed};

/// What the shell decides about a runtime before it is built.
pub struct Settings {
    /// `sys.argv`.
    pub argv: Vec<OsString>,
    /// Collect garbage at every safe point (`CAPERS_GC_STRESS=1`).
    pub gc_stress: bool,
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
                .settings(capers_runtime::runtime::Settings {
                    argv,
                    path: vec![folder],
                    gc_stress: settings.gc_stress,
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

impl Console for Host {
    fn push(&mut self, source: &str) -> Pushed {
        match self.runtime(String::new()).run_interactive(source) {
            Interactive::Done => Pushed::Done,
            Interactive::Incomplete => Pushed::Incomplete,
            Interactive::Exit(status) => Pushed::Exit(status.into()),
        }
    }
}
