//! The host API: a runtime is an arena with one state and one frame stack. It
//! runs code in slices and lets the collector work in between.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gc_arena::arena::CollectionPhase;
use gc_arena::metrics::Pacing;
use gc_arena::{Arena, Collect, Gc, Rootable};

use crate::context::{Context, State};
use crate::import::{FrozenModule, ModuleDef, Registered};
use crate::raised::Raised;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::{Exit, SLICE, Vm};
use crate::weak;

/// What a host decides about a runtime.
#[derive(Clone, Default, Debug)]
pub struct Settings {
    /// `sys.argv`
    pub argv: Vec<String>,
    /// Folders at the front of `sys.path`.
    pub path: Vec<String>,
    /// Collect at every safe point: for tests.
    pub gc_stress: bool,
    /// Show exceptions that nobody caught in colours, when they go to the process's own standard error.
    pub color_errors: bool,
    /// How `sys.displayhook` shows the repr of a value on the process's own standard output.
    pub display: Option<fn(&str) -> String>,
}

/// How the collector works: it sleeps until as many objects were made as are
/// alive, and at least so many that going through the runtime's own types and
/// names costs little against making them. What is remembered or freed counts
/// less than one new object each, so that a cycle always ends.
const PACING: Pacing = Pacing {
    sleep_factor: 1.0,
    min_sleep: 30_000,
    ..Pacing::DEFAULT
};

/// Up to so many objects a cycle takes some milliseconds and runs at once: one
/// that goes by the debt computes it anew after each object, which costs more
/// than to mark or free the object.
const SMALL_HEAP: usize = 1_000_000;

/// What the arena holds.
#[derive(Collect)]
#[collect(no_drop)]
struct Root<'gc> {
    state: Gc<'gc, State<'gc>>,
    vm: Vm<'gc>,
}

/// Why a host's limits stopped a program.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Stopped {
    /// The fuel is used up.
    Fuel,
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stopped::Fuel => f.write_str("the program's fuel is used up"),
        }
    }
}

impl std::error::Error for Stopped {}

/// Makes a [`Runtime`].
#[derive(Default)]
pub struct Builder {
    registered: Registered,
    settings: Settings,
    interrupt: Arc<AtomicBool>,
}

impl Builder {
    /// Adds native modules.
    pub fn native(mut self, modules: &[&'static ModuleDef]) -> Self {
        self.registered.native.extend_from_slice(modules);
        self
    }

    /// Adds frozen modules.
    pub fn frozen(mut self, modules: &[FrozenModule]) -> Self {
        self.registered.frozen.extend_from_slice(modules);
        self
    }

    /// Sets what the host decides.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the flag through which another thread or a signal handler asks for
    /// a KeyboardInterrupt.
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.interrupt = flag;
        self
    }

    /// Makes the runtime.
    pub fn build(self) -> Runtime {
        let Builder {
            registered,
            settings,
            interrupt,
        } = self;
        let stress = settings.gc_stress;
        let arena = Arena::new(|mc| Root {
            state: Context::bootstrap(mc, registered, settings, interrupt),
            vm: Vm::default(),
        });
        arena.metrics().set_pacing(PACING);
        // The first sleep begins now, not before the runtime's own objects were made.
        let made = arena.metrics().total_gc_count() + PACING.min_sleep;
        arena.metrics().adjust_debt(-(made as f64));
        Runtime { arena, stress }
    }
}

/// A Python runtime. Runtimes share nothing.
pub struct Runtime {
    arena: Arena<Rootable![Root<'_>]>,
    stress: bool,
}

impl Runtime {
    /// Begins to make a runtime.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// How many more safe points programs may pass: backward jumps, calls of Python
    /// functions, turns of long natives. None for no limit.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.enter(|ctx| ctx.set_fuel(fuel));
    }

    /// The fuel that is left; none for no limit.
    pub fn fuel(&mut self) -> Option<u64> {
        self.enter(|ctx| ctx.fuel())
    }

    /// As `try_run`, for a runtime without limits. A limit that stops the program
    /// all the same is a RuntimeError for `finish`.
    pub fn run<T>(
        &mut self,
        begin: impl for<'gc> FnOnce(Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>>,
        finish: impl for<'gc> FnOnce(Context<'gc>, Result<Value<'gc>, Raised<'gc>>) -> T,
    ) -> T {
        let mut finish = Some(finish);
        let finished = self.try_run(begin, |ctx, result| {
            finish.take().map(|finish| finish(ctx, result))
        });
        let stopped = match finished {
            Ok(Some(done)) => return done,
            Ok(None) => unreachable!("try_run calls finish once"),
            Err(stopped) => stopped,
        };
        match finish.take() {
            Some(finish) => self.enter(|ctx| {
                let raised = ctx.runtime_error(stopped.to_string());
                finish(ctx, Err(raised))
            }),
            None => unreachable!("try_run does not finish a program that it stops"),
        }
    }

    /// Runs the flow that `begin` gives to its end, in slices, then hands its
    /// result to `finish`. A program that comes to a limit is dropped where it
    /// stands: none of its handlers runs.
    pub fn try_run<T>(
        &mut self,
        begin: impl for<'gc> FnOnce(Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>>,
        finish: impl for<'gc> FnOnce(Context<'gc>, Result<Value<'gc>, Raised<'gc>>) -> T,
    ) -> Result<T, Stopped> {
        self.arena.mutate_root(|mc, root| {
            let ctx = Context::new(mc, root.state);
            root.vm = Vm::default();
            match begin(ctx) {
                Ok(flow) => root.vm.begin(ctx, flow),
                Err(raised) => root.vm.fail(raised),
            }
        });
        let mut finish = Some(finish);
        loop {
            let slice = if self.stress { 1 } else { SLICE };
            let done = self.arena.mutate_root(|mc, root| {
                let ctx = Context::new(mc, root.state);
                ctx.earn();
                root.vm.call_endings(ctx);
                let left = ctx.fuel().unwrap_or(u64::MAX);
                let budget = slice.min(usize::try_from(left).unwrap_or(slice));
                let exit = root.vm.run(ctx, budget);
                let out_of_fuel = !ctx.burn(root.vm.spent(budget));
                match exit {
                    Exit::Done(result) => finish.take().map(|finish| Ok(finish(ctx, result))),
                    Exit::Paused if out_of_fuel => {
                        root.vm = Vm::default();
                        ctx.forget_frames();
                        Some(Err(Stopped::Fuel))
                    }
                    Exit::Paused => {
                        if ctx.take_interrupt() {
                            root.vm.interrupt(ctx);
                        }
                        None
                    }
                }
            });
            if let Some(done) = done {
                return done;
            }
            self.collect();
        }
    }

    fn collect(&mut self) {
        let full = self.arena.mutate(|mc, root| {
            let ctx = Context::new(mc, root.state);
            ctx.relieve();
            ctx.take_collection_request()
        });
        if self.stress || full {
            // A cycle that began before the request may keep what has become garbage since.
            if self.arena.collection_phase() != CollectionPhase::Sleeping {
                self.end_cycle();
            }
            self.end_cycle();
            self.arena
                .mutate(|mc, root| Context::new(mc, root.state).collection_done());
        } else if self.arena.metrics().allocation_debt() > 0.0 {
            if self.arena.collection_phase() == CollectionPhase::Sleeping
                && self.arena.metrics().total_gc_count() < SMALL_HEAP
            {
                self.end_cycle();
            } else if self.arena.collection_phase() == CollectionPhase::Sweeping {
                self.arena.cycle_debt();
            } else if self.arena.mark_debt().is_some() {
                self.end_marking();
            }
        }
    }

    /// Brings the cycle that is under way, or a new one, to its end.
    fn end_cycle(&mut self) {
        if self.arena.collection_phase() != CollectionPhase::Sweeping {
            self.end_marking();
        }
        self.arena.finish_cycle();
    }

    /// Ends the marking and begins the sweep. In between, those who watch for ends
    /// of objects are told.
    fn end_marking(&mut self) {
        let watching = self
            .arena
            .mutate(|mc, root| Context::new(mc, root.state).is_watching());
        if watching {
            if let Some(marked) = self.arena.finish_marking() {
                marked.finalize(|fc, root| weak::keep_cycles(fc, Context::new(fc, root.state)));
            }
            if let Some(marked) = self.arena.finish_marking() {
                marked.finalize(|fc, root| weak::revive(fc, Context::new(fc, root.state)));
            }
            if let Some(marked) = self.arena.finish_marking() {
                marked.finalize(|fc, root| weak::forget(fc, Context::new(fc, root.state)));
            }
        }
        if let Some(marked) = self.arena.finish_marking() {
            marked.finalize(|fc, root| root.state.interned.forget_dead(fc));
        }
        if let Some(marked) = self.arena.finish_marking() {
            marked.start_sweeping();
        }
    }

    /// Does short work with the runtime's objects, outside any program.
    pub fn enter<T>(&mut self, work: impl for<'gc> FnOnce(Context<'gc>) -> T) -> T {
        self.arena
            .mutate_root(|mc, root| work(Context::new(mc, root.state)))
    }
}

/// A program to be run as `__main__`.
#[derive(Clone, Debug)]
pub enum Program {
    /// Source text, and the file name that tracebacks show.
    Source(Vec<u8>, String),
    /// A file.
    File(std::path::PathBuf),
    /// A module that `import` finds, by its name.
    Module(String),
}

/// What became of the lines given to [`Runtime::run_interactive`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Interactive {
    /// They were run or refused.
    Done,
    /// They begin a statement that needs more lines.
    Incomplete,
    /// They ended the session with this status.
    Exit(u8),
}

impl Runtime {
    /// Runs a program as `__main__`. What it leaves uncaught is printed to
    /// standard error; the answer is the exit status, as CPython's.
    pub fn run_main(&mut self, program: &Program) -> u8 {
        let status = self.run(
            |ctx| start_main(ctx, program),
            |ctx, result| match result {
                Ok(_) => 0,
                Err(raised) => crate::report_error::uncaught_status(ctx, raised),
            },
        );
        match self.shut_down() {
            0 => status,
            unflushed if status == 0 => unflushed,
            _ => status,
        }
    }
}

impl Runtime {
    /// Runs a statement typed at a prompt in the lasting `__main__`. A compound
    /// statement is whole after an empty line, as by CPython's `codeop`.
    pub fn run_interactive(&mut self, source: &str) -> Interactive {
        let unit = match crate::compiler::compile_interactive(source, "<stdin>") {
            Ok(Some(unit)) => Ok(unit),
            Ok(None) => return Interactive::Incomplete,
            Err(error) => Err(error),
        };
        let text = source.to_owned();
        self.run(
            |ctx| {
                start_sys(ctx);
                ctx.remember_source("<stdin>", &text);
                match unit {
                    Ok(unit) => {
                        let code = crate::types::code::Code::new(ctx, &unit);
                        Ok(crate::import::run_in_module(ctx, code, main_module(ctx)))
                    }
                    Err(error) => Err(crate::builtins::code::syntax_error(ctx, &error)),
                }
            },
            |ctx, result| {
                use crate::types::exceptions::{Exc, matches};
                let status = match result {
                    Ok(_) => {
                        crate::report_error::finish(ctx);
                        return Interactive::Done;
                    }
                    Err(raised) if matches(ctx, raised, Exc::SystemExit) => {
                        crate::report_error::exit_status(ctx, raised)
                    }
                    Err(raised) => {
                        crate::report_error::exit_status(ctx, raised);
                        return Interactive::Done;
                    }
                };
                Interactive::Exit(status)
            },
        )
    }
}

/// Makes `sys`, which holds the streams, before anything runs; a host may leave it out.
pub fn start_sys(ctx: Context<'_>) {
    if let Ok(flow) = crate::import::import_module(ctx, "sys") {
        let _ = ctx.complete(flow);
    }
}

/// The namespace of `__main__`, made when first asked for.
pub fn main_module<'gc>(ctx: Context<'gc>) -> crate::types::module::Module<'gc> {
    let names = ctx.names();
    if let Some(Value::Module(module)) = ctx.modules().get_str(ctx, names.__main__) {
        return module;
    }
    let module = crate::types::module::Module::new(ctx, names.__main__);
    ctx.modules()
        .set_str(ctx, names.__main__, Value::Module(module));
    module
}

fn start_main<'gc>(ctx: Context<'gc>, program: &Program) -> Result<Flow<'gc>, Raised<'gc>> {
    start_sys(ctx);
    let module = main_module(ctx);
    let (bytes, filename) = match program {
        Program::Source(bytes, filename) => (bytes.clone(), filename.clone()),
        Program::File(path) => {
            let bytes = std::fs::read(path).map_err(|error| {
                ctx.error(crate::types::exceptions::Exc::OSError, error.to_string())
            })?;
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let filename = path.to_string_lossy().into_owned();
            module
                .dict()
                .set_str(ctx, ctx.names().__file__, ctx.str_value(&filename));
            (bytes, filename)
        }
        Program::Module(name) => return crate::import::run_module_as_main(ctx, name, module),
    };
    let source = crate::import::decode_source(ctx, &bytes, &filename)?;
    if matches!(program, Program::Source(..)) {
        ctx.remember_source(&filename, &source);
    }
    let code = crate::builtins::code::compile_text(
        ctx,
        &source,
        &filename,
        crate::compiler::Mode::Exec,
        crate::compiler::Options::default(),
    )?;
    Ok(crate::import::run_in_module(ctx, code, module))
}
