//! The walk of a deep copy: a frame of the VM with an explicit stack of what is
//! being copied. The tasks on it are in `containers`, `instances` and, for
//! whatever has a say in how it is copied, `object`. A shallow copy that needs
//! Python code is the same frame with one `Rebuild` on its stack.

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::endless;
use capers_runtime::reduce::rebuild::StateCache;
use capers_runtime::table::Table;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::function::BoundMethod;
use capers_runtime::types::list::List;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

use crate::copy::atoms::{Tables, TablesObject, is_deep_atom};
use crate::copy::containers::{DictStage, DictTask};
use crate::copy::leaves::copy_of_atoms;
use crate::copy::memo::Memo;
use crate::copy::object::{Answer, Rebuild, Shared, Turn};

/// How many turns are taken between two safe points.
const BATCH: u32 = 512;

/// Something that is being copied.
#[derive(Collect)]
#[collect(no_drop)]
pub(super) enum Task<'gc> {
    /// A list; `next` is the item to be copied next.
    List {
        source: List<'gc>,
        target: List<'gc>,
        next: usize,
    },
    /// A tuple; the copied items are the values from `base` on.
    Tuple { source: Tuple<'gc>, base: usize },
    /// A dict; `left` entries are still to come. While an entry is copied, its
    /// key is the last value, or the last but one.
    Dict(Box<DictTask<'gc>>),
    /// A set or frozenset; the values from `base` on are its elements, up to
    /// `next` copied.
    Set {
        source: Value<'gc>,
        base: u32,
        next: u32,
    },
    /// A plain instance; the values from `base` on are its attributes, then its
    /// slots in the order of their names, up to `next` copied.
    Instance {
        source: Object<'gc>,
        target: Object<'gc>,
        base: u32,
        next: u32,
    },
    /// An instance that is its class and a state of its own choice.
    Stateful {
        source: Object<'gc>,
        /// The copy, once the state is known.
        target: Option<Object<'gc>>,
        /// The copied state has been handed over.
        #[collect(require_static)]
        applied: bool,
    },
    /// A bound method.
    Method(BoundMethod<'gc>),
    /// Any other object.
    Rebuild(Box<Rebuild<'gc>>),
}

impl<'gc> Task<'gc> {
    /// The tuple that is being copied.
    fn tuple(&self) -> Option<Tuple<'gc>> {
        match self {
            Task::Tuple { source, .. } => Some(*source),
            _ => None,
        }
    }
}

/// What beginning a copy came to.
pub(super) enum Begun<'gc> {
    /// The copy is there.
    Value(Value<'gc>),
    /// A task was pushed: it comes first.
    Task,
    /// A task was pushed, which gets the result of this.
    Await(Flow<'gc>),
}

/// A copy being made.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Walk<'gc> {
    /// The module's tables.
    pub(super) tables: TablesObject<'gc>,
    pub(super) deep: bool,
    pub(super) memo: Memo<'gc>,
    pub(super) tasks: Vec<Task<'gc>>,
    pub(super) values: Vec<Value<'gc>>,
    pub(super) states: StateCache<'gc>,
    /// What is to be copied, before the first turn.
    pub(super) root: Option<Value<'gc>>,
    /// The answer that the task on top is to get after a safe point.
    pub(super) answer: Value<'gc>,
    /// Turns left to the next safe point.
    pub(super) left: u32,
    /// The program has changed the module's tables.
    pub(super) customised: bool,
    /// The dispatch table has entries of the program.
    pub(super) reducers: bool,
}

impl<'gc> Walk<'gc> {
    /// A deep copy of `root`.
    pub fn deep(ctx: Context<'gc>, root: Value<'gc>, memo: Memo<'gc>) -> Self {
        Walk {
            tables: TablesObject::of(ctx),
            deep: true,
            memo,
            tasks: Vec::new(),
            values: Vec::new(),
            states: StateCache::default(),
            root: Some(root),
            answer: Value::Absent,
            left: BATCH,
            customised: false,
            reducers: false,
        }
    }

    /// A deep copy of which an object's reduction is known already.
    pub fn deep_task(ctx: Context<'gc>, task: Box<Rebuild<'gc>>, memo: Memo<'gc>) -> Self {
        let mut walk = Walk::deep(ctx, Value::None, memo);
        walk.root = None;
        walk.tasks.push(Task::Rebuild(task));
        walk
    }

    /// A shallow copy.
    pub fn shallow(ctx: Context<'gc>, task: Box<Rebuild<'gc>>) -> Self {
        let memo = Memo::Mapping(Value::None);
        Walk {
            deep: false,
            ..Walk::deep_task(ctx, task, memo)
        }
    }

    /// A deep copy of what `_deepcopy_dispatch` has a function for, past the
    /// look-up in the memo; none where `root` is nothing of the kind.
    pub fn container(ctx: Context<'gc>, root: Value<'gc>, memo: Memo<'gc>) -> Option<Self> {
        let mut walk = Walk::deep(ctx, Value::None, memo);
        walk.root = None;
        let container = match root {
            Value::BoundMethod(_) => root,
            other => other.builtin(),
        };
        match walk.begin_container(ctx, container) {
            Ok(true) => Some(walk),
            _ => None,
        }
    }

    fn look_at_tables(&mut self, tables: &Tables<'gc>) {
        self.customised = !tables.are_untouched();
        self.reducers = !tables.reducers_are_few();
    }

    /// The copy of `value`, if it can be had without a task: an atom, something
    /// copied before, or a container of atoms.
    #[inline]
    pub(super) fn quick(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        if is_deep_atom(ctx, value) {
            return Ok(Some(value));
        }
        self.quick_container(ctx, value)
    }

    fn quick_container(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        if self.customised {
            return Ok(None);
        }
        self.left = self.left.saturating_sub(1);
        if let Some(known) = self.memo.get(ctx, value)? {
            return Ok(Some(known));
        }
        let unhooked = !self.reducers;
        let exact = self.memo.is_exact();
        let copy = match value {
            Value::Set(_) | Value::FrozenSet(_) if exact => None,
            Value::Set(_) | Value::FrozenSet(_) | Value::ByteArray(_) if !unhooked => None,
            _ => copy_of_atoms(ctx, value),
        };
        if let Some(copy) = copy
            && !copy.is(value)
        {
            self.memo.add(ctx, value, copy)?;
            self.memo.complete(ctx, value, copy, true)?;
        }
        Ok(copy)
    }

    /// Begins to copy `value`.
    fn begin(
        &mut self,
        ctx: Context<'gc>,
        tables: &'gc Tables<'gc>,
        value: Value<'gc>,
    ) -> Result<Begun<'gc>, Raised<'gc>> {
        if self.customised
            && let Some(begun) = self.begin_customised(ctx, tables, value)?
        {
            return Ok(begun);
        }
        if self.begin_container(ctx, value)? {
            return Ok(Begun::Task);
        }
        match value {
            Value::Type(_) => Ok(Begun::Value(value)),
            Value::Object(object) => self.begin_object(ctx, tables, object),
            _ => {
                self.tasks.push(Task::Rebuild(Rebuild::ask(value)));
                Ok(Begun::Task)
            }
        }
    }

    /// As `deepcopy`, with the tables that the program may have changed.
    fn begin_customised(
        &mut self,
        ctx: Context<'gc>,
        tables: &'gc Tables<'gc>,
        value: Value<'gc>,
    ) -> Result<Option<Begun<'gc>>, Raised<'gc>> {
        let class = value.class(ctx);
        if tables.deep_atoms.contains(ctx, Value::Type(class))? {
            return Ok(Some(Begun::Value(value)));
        }
        if let Some(known) = self.memo.get(ctx, value)? {
            return Ok(Some(Begun::Value(known)));
        }
        let Some(function) = tables.own_function(ctx, class)? else {
            return Ok(None);
        };
        let memo = self.memo.show(ctx)?;
        self.tasks.push(Task::Rebuild(Rebuild::called(value)));
        Ok(Some(Begun::Await(Flow::call(function, &[value, memo]))))
    }

    /// Pushes a task for what is copied without asking the object; false where
    /// `value` is no such thing.
    fn begin_container(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        let task = match value {
            Value::List(source) => {
                let target = List::new(ctx, Vec::with_capacity(source.len()));
                self.memo.add(ctx, value, Value::List(target))?;
                Task::List {
                    source,
                    target,
                    next: 0,
                }
            }
            Value::Tuple(source) => Task::Tuple {
                source,
                base: self.values.len(),
            },
            Value::Dict(source) => {
                let room = Table::with_capacity(source.len());
                let target = Dict::from_table(ctx, room);
                self.memo.add(ctx, value, Value::Dict(target))?;
                Task::Dict(Box::new(DictTask {
                    source,
                    target,
                    position: 0,
                    size: source.len(),
                    left: source.len(),
                    key: Value::None,
                    value: Value::None,
                    stage: DictStage::Entry,
                }))
            }
            Value::Set(set) | Value::FrozenSet(set) if !self.reducers && !self.memo.is_exact() => {
                let base = self.values.len() as u32;
                self.values.extend(set.borrow().iter().map(|e| e.key));
                Task::Set {
                    source: value,
                    base,
                    next: base,
                }
            }
            Value::BoundMethod(method) => Task::Method(method),
            _ => return Ok(false),
        };
        self.tasks.push(task);
        let path = self.tasks.iter().rev().map(Task::tuple);
        if endless::is_due(self.tasks.len()) && endless::holds_itself(path) {
            let message = "maximum recursion depth exceeded";
            return Err(ctx.error(Exc::RecursionError, message));
        }
        Ok(true)
    }

    /// Lets the task on top go on.
    fn turn(
        &mut self,
        ctx: Context<'gc>,
        tables: &'gc Tables<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        match self.tasks.last_mut() {
            None => Ok(Turn::Done(answer.value()?)),
            Some(Task::Rebuild(task)) => {
                let mut shared = Shared {
                    deep: self.deep,
                    memo: &mut self.memo,
                    states: &mut self.states,
                    tables,
                };
                task.step(ctx, &mut shared, answer)
            }
            Some(Task::List { .. }) => self.list(ctx, answer),
            Some(Task::Tuple { .. }) => self.tuple(ctx, answer),
            Some(Task::Dict(_)) => self.dict(ctx, answer),
            Some(Task::Set { .. }) => self.set(ctx, answer),
            Some(Task::Instance { .. }) => self.instance(ctx, answer),
            Some(Task::Stateful { .. }) => self.stateful(ctx, answer.value()?),
            Some(Task::Method(method)) => {
                let method = *method;
                match answer {
                    Answer::None => Ok(Turn::Child(method.0.receiver)),
                    answer => {
                        let receiver = answer.value()?;
                        let copy = BoundMethod::new(ctx, method.0.function, receiver);
                        Ok(Turn::Done(Value::BoundMethod(copy)))
                    }
                }
            }
        }
    }

    /// The task on top is done.
    fn finish(&mut self, ctx: Context<'gc>, copy: Value<'gc>) -> Result<(), Raised<'gc>> {
        let Some(task) = self.tasks.pop() else {
            return Ok(());
        };
        if !self.deep {
            return Ok(());
        }
        let (source, is_known) = match task {
            Task::List { source, .. } => (Value::List(source), true),
            Task::Dict(task) => (Value::Dict(task.source), true),
            Task::Instance { source, .. } | Task::Stateful { source, .. } => {
                (Value::Object(source), true)
            }
            Task::Tuple { source, .. } => (Value::Tuple(source), false),
            Task::Set { source, .. } => (source, false),
            Task::Method(method) => (Value::BoundMethod(method), false),
            Task::Rebuild(task) => (task.source, task.is_known()),
        };
        if copy.is(source) {
            return Ok(());
        }
        self.memo.complete(ctx, source, copy, is_known)
    }
}

impl<'gc> NativeFrame<'gc> for Walk<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let Some(tables) = self.tables.get() else {
            return Ok(Step::Return(Value::None));
        };
        let mut answer = match input {
            Input::Start => match std::mem::replace(&mut self.answer, Value::Absent) {
                Value::Absent => Answer::None,
                value => Answer::Value(value),
            },
            Input::Value(value) | Input::Item(value) => Answer::Value(value),
            Input::Exhausted => Answer::Exhausted,
            Input::Raised(raised) => match self.tasks.last() {
                Some(Task::Rebuild(_)) => Answer::Raised(raised),
                _ => return Err(raised),
            },
        };
        // What Python code has run meanwhile may have changed the tables.
        self.look_at_tables(tables);
        let mut child = self.root.take();
        loop {
            let turn = match child.take() {
                Some(value) => Turn::Child(value),
                None => self.turn(ctx, tables, answer)?,
            };
            answer = match turn {
                Turn::Child(value) => match self.quick(ctx, value)? {
                    Some(copy) => Answer::Value(copy),
                    None => match self.begin(ctx, tables, value)? {
                        Begun::Value(copy) => Answer::Value(copy),
                        Begun::Task => Answer::None,
                        Begun::Await(Flow::Return(value)) => Answer::Value(value),
                        Begun::Await(flow) => return Ok(Step::Await(flow)),
                    },
                },
                Turn::Done(copy) => {
                    if self.tasks.is_empty() {
                        return Ok(Step::Return(copy));
                    }
                    self.finish(ctx, copy)?;
                    Answer::Value(copy)
                }
                Turn::Await(flow) => return Ok(Step::Await(flow)),
                Turn::Next(iterator) => return Ok(Step::Next(iterator)),
                Turn::Pause => Answer::None,
            };
            if self.left == 0 {
                self.left = BATCH;
                self.answer = match answer {
                    Answer::Value(value) => value,
                    _ => Value::Absent,
                };
                return Ok(Step::Yield);
            }
            self.left = self.left.saturating_sub(1);
        }
    }
}
