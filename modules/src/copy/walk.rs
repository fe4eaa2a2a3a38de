//! The walk of a deep copy: a frame of the VM with an explicit stack of what is
//! being copied. Containers and plain instances are copied here, everything else
//! is a `Rebuild`. A shallow copy that needs Python code is the same frame with
//! one `Rebuild` on its stack.

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::{self, object as reduce_object, rebuild::StateCache};
use capers_runtime::table::Table;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::function::BoundMethod;
use capers_runtime::types::list::List;
use capers_runtime::types::set::Set;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;
use smallvec::SmallVec;

use crate::copy::atoms::{Tables, TablesObject, is_deep_atom};
use crate::copy::memo::Memo;
use crate::copy::object::{Answer, Rebuild, Shared, Turn};

/// How many turns are taken between two safe points.
const BATCH: u32 = 512;

/// Something that is being copied.
#[derive(Collect)]
#[collect(no_drop)]
enum Task<'gc> {
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
    /// A bound method.
    Method(BoundMethod<'gc>),
    /// Any other object.
    Rebuild(Box<Rebuild<'gc>>),
}

#[derive(Collect)]
#[collect(no_drop)]
struct DictTask<'gc> {
    source: Dict<'gc>,
    target: Dict<'gc>,
    /// The position of the next entry.
    position: usize,
    /// The size that the dict must keep.
    size: usize,
    left: usize,
    key: Value<'gc>,
    value: Value<'gc>,
    #[collect(require_static)]
    stage: DictStage,
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum DictStage {
    /// Takes the next entry.
    Entry,
    /// Waits for the copy of its value.
    Value,
    /// Waits for the copy of its key.
    Key,
}

/// What beginning a copy came to.
enum Begun<'gc> {
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
    tables: TablesObject<'gc>,
    deep: bool,
    memo: Memo<'gc>,
    tasks: Vec<Task<'gc>>,
    values: Vec<Value<'gc>>,
    states: StateCache<'gc>,
    /// What is to be copied, before the first turn.
    root: Option<Value<'gc>>,
    /// The answer that the task on top is to get after a safe point.
    answer: Value<'gc>,
    /// Turns left to the next safe point.
    left: u32,
    /// The program has changed the module's tables.
    customised: bool,
    /// The dispatch table has entries of the program.
    reducers: bool,
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
    fn quick(
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
        Ok(true)
    }

    fn begin_object(
        &mut self,
        ctx: Context<'gc>,
        tables: &'gc Tables<'gc>,
        object: Object<'gc>,
    ) -> Result<Begun<'gc>, Raised<'gc>> {
        let value = Value::Object(object);
        let names = ctx.names();
        let special = object.has_special_attributes();
        let plan = reduce::plan::of_class(ctx, object.class());
        if !plan.no_deepcopy || special && object.attribute(ctx, names.__deepcopy__).is_some() {
            self.tasks.push(Task::Rebuild(Rebuild::ask(value)));
            return Ok(Begun::Task);
        }
        let class = Value::Type(object.class());
        let reducer = self.reducers && tables.reducers.get(ctx, class)?.is_some();
        if reducer || !reduce::is_default_instance(ctx, object, &plan) {
            self.tasks.push(Task::Rebuild(Rebuild::reduce(value)));
            return Ok(Begun::Task);
        }
        let default_state =
            plan.default_state && !(special && object.attribute(ctx, names.__getstate__).is_some());
        if !default_state {
            let task = Rebuild::with_state(value);
            self.tasks.push(Task::Rebuild(task));
            return reduce_object::getstate(ctx, value).map(Begun::Await);
        }
        match object.shape() {
            Some(_)
                if plan.default_new
                    && plan.default_setstate
                    && !object.class().flags().is_abstract
                    && !self.memo.is_exact() =>
            {
                self.begin_instance(ctx, object, &plan.slots)
            }
            _ => {
                let state = reduce_object::default_state(ctx, value, false)?;
                self.tasks.push(Task::Rebuild(Rebuild::with_state(value)));
                Ok(Begun::Await(Flow::Return(state)))
            }
        }
    }

    /// Begins to copy an instance that is its attributes and its slots.
    fn begin_instance(
        &mut self,
        ctx: Context<'gc>,
        source: Object<'gc>,
        slots: &[usize],
    ) -> Result<Begun<'gc>, Raised<'gc>> {
        let Some(shape) = source.shape() else {
            return Ok(Begun::Value(Value::Object(source)));
        };
        let base = self.values.len();
        {
            let values = source.values();
            let attributes = values.get(shape.first_index()..).unwrap_or(&[]);
            self.values.extend_from_slice(attributes);
            let slot = |place: &usize| values.get(*place).copied().unwrap_or(Value::Absent);
            self.values.extend(slots.iter().map(slot));
        }
        let mut next = base;
        while next < self.values.len() {
            match self.quick(ctx, self.values[next])? {
                Some(copy) => self.values[next] = copy,
                None => break,
            }
            next += 1;
        }
        let class = source.class();
        if next == self.values.len() {
            let values = laid_out(&self.values[base..], shape.first_index(), slots);
            self.values.truncate(base);
            let target = Object::with_values(ctx, class, shape, values);
            let (source, target) = (Value::Object(source), Value::Object(target));
            self.memo.add(ctx, source, target)?;
            self.memo.complete(ctx, source, target, true)?;
            return Ok(Begun::Value(target));
        }
        let target = Object::new(ctx, class, capers_runtime::object::Payload::NONE);
        self.memo
            .add(ctx, Value::Object(source), Value::Object(target))?;
        self.tasks.push(Task::Instance {
            source,
            target,
            base: base as u32,
            next: next as u32,
        });
        Ok(Begun::Task)
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

    fn list(&mut self, ctx: Context<'gc>, answer: Answer<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::List {
            source,
            target,
            next,
        }) = self.tasks.last_mut()
        else {
            return Ok(Turn::Done(Value::None));
        };
        if let Answer::Value(copy) = answer {
            target.borrow_mut(ctx).push(copy);
        }
        let mut at = next;
        let turn = loop {
            if self.left == 0 {
                break Turn::Pause;
            }
            // A hook may have changed the list.
            let Some(item) = source.get(at) else {
                break Turn::Done(Value::List(target));
            };
            at += 1;
            match self.quick(ctx, item)? {
                Some(copy) => target.borrow_mut(ctx).push(copy),
                None => break Turn::Child(item),
            }
        };
        if let Some(Task::List { next, .. }) = self.tasks.last_mut() {
            *next = at;
        }
        Ok(turn)
    }

    fn tuple(&mut self, ctx: Context<'gc>, answer: Answer<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Tuple { source, base }) = self.tasks.last_mut() else {
            return Ok(Turn::Done(Value::None));
        };
        if let Answer::Value(copy) = answer {
            self.values.push(copy);
        }
        while let Some(item) = source.items().get(self.values.len() - base) {
            if self.left == 0 {
                return Ok(Turn::Pause);
            }
            match self.quick(ctx, *item)? {
                Some(copy) => self.values.push(copy),
                None => return Ok(Turn::Child(*item)),
            }
        }
        // An item may have led back to the tuple itself.
        let known = self.memo.item(ctx, Value::Tuple(source))?;
        let copies = &self.values[base..];
        let changed = copies.iter().zip(source.items()).any(|(a, b)| !a.is(*b));
        let copy = match known {
            Some(known) => known,
            None if changed => Value::Tuple(ctx.tuple(copies)),
            None => Value::Tuple(source),
        };
        self.values.truncate(base);
        Ok(Turn::Done(copy))
    }

    fn dict(&mut self, ctx: Context<'gc>, answer: Answer<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(Task::Dict(mut task)) = self.tasks.pop() else {
            return Ok(Turn::Done(Value::None));
        };
        let turn = self.dict_turn(ctx, &mut task, answer);
        self.tasks.push(Task::Dict(task));
        turn
    }

    fn dict_turn(
        &mut self,
        ctx: Context<'gc>,
        task: &mut DictTask<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let mut given = match answer {
            Answer::Value(copy) => Some(copy),
            _ => None,
        };
        loop {
            match task.stage {
                DictStage::Entry if self.left == 0 => return Ok(Turn::Pause),
                DictStage::Entry => {
                    let dict = task.source;
                    if dict.len() != task.size {
                        return Err(ctx.runtime_error("dictionary changed size during iteration"));
                    }
                    let entry = (dict.borrow().next_from(task.position))
                        .map(|(at, entry)| (at, entry.key, entry.value));
                    let Some((at, key, value)) = entry else {
                        return Ok(Turn::Done(Value::Dict(task.target)));
                    };
                    if task.left == 0 {
                        return Err(ctx.runtime_error("dictionary keys changed during iteration"));
                    }
                    task.left -= 1;
                    task.position = at + 1;
                    (task.key, task.value) = (key, value);
                    task.stage = DictStage::Value;
                    given = self.quick(ctx, value)?;
                    if given.is_none() {
                        return Ok(Turn::Child(value));
                    }
                }
                DictStage::Value => {
                    task.value = given.take().unwrap_or(Value::None);
                    task.stage = DictStage::Key;
                    given = self.quick(ctx, task.key)?;
                    if given.is_none() {
                        return Ok(Turn::Child(task.key));
                    }
                }
                DictStage::Key => {
                    let key = given.take().unwrap_or(Value::None);
                    match key {
                        Value::Str(key) => task.target.set_str_checked(ctx, key, task.value)?,
                        key => task.target.set(ctx, key, task.value)?,
                    }
                    task.stage = DictStage::Entry;
                }
            }
        }
    }

    fn set(&mut self, ctx: Context<'gc>, answer: Answer<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Set { source, base, next }) = self.tasks.last_mut() else {
            return Ok(Turn::Done(Value::None));
        };
        let mut at = next as usize;
        if let Some(turn) = self.replace_values(ctx, &mut at, answer)? {
            if let Some(Task::Set { next, .. }) = self.tasks.last_mut() {
                *next = at as u32;
            }
            return Ok(turn);
        }
        let copies = self.values.split_off(base as usize);
        let target = Set::new(ctx);
        for copy in copies {
            target.add(ctx, copy)?;
        }
        Ok(Turn::Done(match source {
            Value::FrozenSet(_) => Value::FrozenSet(target),
            _ => Value::Set(target),
        }))
    }

    fn instance(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Instance {
            source,
            target,
            base,
            next,
        }) = self.tasks.last_mut()
        else {
            return Ok(Turn::Done(Value::None));
        };
        let (base, mut at) = (base as usize, next as usize);
        if let Some(turn) = self.replace_values(ctx, &mut at, answer)? {
            if let Some(Task::Instance { next, .. }) = self.tasks.last_mut() {
                *next = at as u32;
            }
            return Ok(turn);
        }
        let plan = reduce::plan::of_class(ctx, target.class());
        let copies = &self.values[base..];
        match source.shape() {
            Some(shape)
                if shape.len() - shape.first_index() + plan.slots.len() == copies.len()
                    && source.class() == target.class() =>
            {
                let values = laid_out(copies, shape.first_index(), &plan.slots);
                target.set_values(ctx, shape, values);
            }
            // A hook has changed the instance meanwhile.
            _ => return Err(ctx.runtime_error("dictionary changed size during iteration")),
        }
        self.values.truncate(base);
        Ok(Turn::Done(Value::Object(target)))
    }

    /// Replaces values from `at` on with their copies, the first with the
    /// answer, until one needs a task or a safe point is due.
    fn replace_values(
        &mut self,
        ctx: Context<'gc>,
        at: &mut usize,
        answer: Answer<'gc>,
    ) -> Result<Option<Turn<'gc>>, Raised<'gc>> {
        if let Answer::Value(copy) = answer
            && let Some(place) = self.values.get_mut(*at)
        {
            *place = copy;
            *at += 1;
        }
        while let Some(value) = self.values.get(*at).copied() {
            if self.left == 0 {
                return Ok(Some(Turn::Pause));
            }
            match self.quick(ctx, value)? {
                Some(copy) => self.values[*at] = copy,
                None => return Ok(Some(Turn::Child(value))),
            }
            *at += 1;
        }
        Ok(None)
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
            Task::Instance { source, .. } => (Value::Object(source), true),
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

/// Values in the order of an instance: slots, then attributes. `copies` are the
/// attributes, then the slots in the order of their names.
fn laid_out<'gc>(copies: &[Value<'gc>], first: usize, slots: &[usize]) -> Vec<Value<'gc>> {
    if slots.is_empty() {
        return copies.to_vec();
    }
    let (attributes, slot_values) = copies.split_at(copies.len() - slots.len());
    let mut values = Vec::with_capacity(first + attributes.len());
    values.resize(first, Value::Absent);
    for (place, value) in slots.iter().zip(slot_values) {
        if let Some(slot) = values.get_mut(*place) {
            *slot = *value;
        }
    }
    values.extend_from_slice(attributes);
    values
}

/// The copy of an exact container that holds nothing but atoms.
pub fn copy_of_atoms<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Value<'gc>> {
    let atom = |value: &Value<'gc>| is_deep_atom(ctx, *value);
    match value {
        Value::List(list) => {
            let items = list.borrow();
            (items.iter().all(atom)).then(|| Value::List(List::new(ctx, items.clone())))
        }
        Value::Tuple(tuple) => tuple.items().iter().all(atom).then_some(value),
        Value::Dict(dict) => {
            let plain = (dict.borrow().iter()).all(|e| atom(&e.key) && atom(&e.value));
            plain.then(|| Value::Dict(dict.copy(ctx)))
        }
        Value::Set(set) => {
            let plain = set.borrow().iter().all(|e| atom(&e.key));
            plain.then(|| Value::Set(set.copy(ctx)))
        }
        Value::FrozenSet(set) => {
            let plain = set.borrow().iter().all(|e| atom(&e.key));
            plain.then(|| Value::FrozenSet(set.copy(ctx)))
        }
        Value::ByteArray(bytes) => Some(Value::ByteArray(ByteArray::new(ctx.mc, bytes.to_vec()))),
        _ => None,
    }
}

/// How large a container may be for `copy_of_few`.
const FEW: usize = 8;

/// The copy of a small exact list or dict that holds atoms and, each once,
/// containers of atoms: nothing that a memo would be needed for.
pub fn copy_of_few<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Value<'gc>> {
    let mut met: SmallVec<[Value<'gc>; FEW]> = SmallVec::new();
    let mut item = |value: Value<'gc>| {
        if is_deep_atom(ctx, value) {
            return Some(value);
        }
        if met.iter().any(|known| known.is(value)) {
            return None;
        }
        met.push(value);
        match value {
            Value::List(_) | Value::Dict(_) | Value::Tuple(_) => copy_of_atoms(ctx, value),
            _ => None,
        }
    };
    match value {
        Value::List(list) if list.len() <= FEW => {
            let copies: Option<Vec<_>> = list.borrow().iter().map(|v| item(*v)).collect();
            Some(Value::List(List::new(ctx, copies?)))
        }
        Value::Dict(dict) if dict.len() <= FEW => {
            let source = dict.borrow();
            if !source.iter().all(|entry| is_deep_atom(ctx, entry.key)) {
                return None;
            }
            let mut copies = source.compacted();
            for (place, entry) in source.iter().enumerate() {
                copies.set_value(place, item(entry.value)?);
            }
            Some(Value::Dict(Dict::from_table(ctx, copies)))
        }
        _ => copy_of_atoms(ctx, value),
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
