//! The one place where the shell meets the runtime: a program goes in, an exit status comes out.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
}

impl Host {
    /// Builds the runtime.
    pub fn new(settings: Settings) -> Host {
        Host { settings }
    }

    /// Runs a file as `__main__`; its folder comes first on `sys.path`.
    pub fn run_file(&mut self, path: &Path) -> ExitCode {
        self.absent(&path.display().to_string())
    }

    /// Runs source text as `__main__`; `name` is the file name that tracebacks show.
    pub fn run_source(&mut self, _source: &[u8], name: &str) -> ExitCode {
        self.absent(name)
    }

    /// Finds a module on `sys.path` and runs it as `__main__`.
    pub fn run_module(&mut self, name: &str) -> ExitCode {
        self.absent(name)
    }

    fn absent(&self, program: &str) -> ExitCode {
        let stress = if self.settings.gc_stress {
            " under stress"
        } else {
            ""
        };
        eprintln!("capers: cannot run {program}{stress}: this build has no runtime");
        ExitCode::from(70)
    }
}

impl Console for Host {
    fn push(&mut self, _source: &str) -> Pushed {
        Pushed::Exit(self.absent("<stdin>"))
    }
}
