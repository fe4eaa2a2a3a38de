//! The host API: a runtime is an arena with one state and one frame stack. It
//! runs code in slices and lets the collector work in between.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gc_arena::{Arena, Collect, Gc, Rootable};

use crate::context::{Context, State};
use crate::import::{FrozenModule, ModuleDef, Registered};
use crate::raised::Raised;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::{Exit, SLICE, Vm};

/// What a host decides about a runtime.
#[derive(Clone, Default, Debug)]
pub struct Settings {
    /// `sys.argv`
    pub argv: Vec<String>,
    /// Folders at the front of `sys.path`.
    pub path: Vec<String>,
    /// Collect at every safe point: for tests.
    pub gc_stress: bool,
}

/// What the arena holds.
#[derive(Collect)]
#[collect(no_drop)]
struct Root<'gc> {
    state: Gc<'gc, State<'gc>>,
    vm: Vm<'gc>,
}

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

    /// Runs the flow that `begin` gives to its end, in slices, then hands its
    /// result to `finish`.
    pub fn run<T>(
        &mut self,
        begin: impl for<'gc> FnOnce(Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>>,
        finish: impl for<'gc> FnOnce(Context<'gc>, Result<Value<'gc>, Raised<'gc>>) -> T,
    ) -> T {
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
            let budget = if self.stress { 1 } else { SLICE };
            let done = self.arena.mutate_root(|mc, root| {
                let ctx = Context::new(mc, root.state);
                match root.vm.run(ctx, budget) {
                    Exit::Done(result) => finish.take().map(|finish| finish(ctx, result)),
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
        if self.stress {
            self.arena.finish_cycle();
            self.arena.finish_cycle();
        } else if self.arena.metrics().allocation_debt() > 0.0 {
            self.arena.collect_debt();
        }
    }

    /// Does short work with the runtime's objects, outside any program.
    pub fn enter<T>(&mut self, work: impl for<'gc> FnOnce(Context<'gc>) -> T) -> T {
        self.arena
            .mutate_root(|mc, root| work(Context::new(mc, root.state)))
    }
}
