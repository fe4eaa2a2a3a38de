//! Copying one object that has, or may have, a say in it: `__copy__` and
//! `__deepcopy__`, the dispatch table, `__reduce_ex__`, then what the reduction
//! says, in copy's order: arguments, the new object, state, list items, dict
//! items. The steps themselves are the runtime's (`reduce` and
//! `reduce::rebuild`).

use capers_runtime::context::Context;
use capers_runtime::protocol::attribute::{self, Attr};
use capers_runtime::protocol::call::{call_flow, call_special};
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::rebuild::{self, StateCache, StateRules};
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::types::str::Str;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::collect_then;
use capers_runtime::vm::flow::Flow;
use capers_runtime::vm::rare;
use gc_arena::Collect;

use crate::copy::atoms::Tables;
use crate::copy::memo::Memo;

/// What a task goes on with.
#[derive(Copy, Clone)]
pub enum Answer<'gc> {
    /// Nothing: it begins.
    None,
    /// The copy of what it asked to be copied, or the result of a flow.
    Value(Value<'gc>),
    /// The iterator it advanced has no more items.
    Exhausted,
    /// What it waited for raised this.
    Raised(Raised<'gc>),
}

impl<'gc> Answer<'gc> {
    /// The value; the exception as an error.
    pub fn value(self) -> Result<Value<'gc>, Raised<'gc>> {
        match self {
            Answer::Value(value) => Ok(value),
            Answer::Raised(raised) => Err(raised),
            Answer::None | Answer::Exhausted => Ok(Value::None),
        }
    }
}

/// What a task asks for.
pub enum Turn<'gc> {
    /// A copy of this.
    Child(Value<'gc>),
    /// Nothing more: this is the copy.
    Done(Value<'gc>),
    /// The result of this.
    Await(Flow<'gc>),
    /// The next item of this iterator.
    Next(Value<'gc>),
    /// A safe point.
    Pause,
}

/// A turn, or the answer that the next stage can have at once.
enum Go<'gc> {
    Turn(Turn<'gc>),
    On(Answer<'gc>),
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Stage {
    /// Looks for `__deepcopy__` or `__copy__`.
    Hook,
    /// Waits for the hook.
    HookFound,
    /// Waits for the copy that a hook makes.
    HookCalled,
    /// Asks the dispatch table, then for `__reduce_ex__`.
    Reducer,
    /// Waits for `__reduce_ex__`.
    ReduceExFound,
    /// Waits for `__reduce__`.
    ReduceFound,
    /// Waits for the reduction.
    Reduced,
    /// Waits for the reduction as a list.
    Unpacked,
    /// Waits for `__getstate__`; the rest of the reduction is known.
    State,
    /// Waits for the arguments as a tuple.
    Arguments,
    /// Waits for the copy of an argument.
    Argument,
    /// Waits for the new object.
    Made,
    /// Waits for the copy of the state.
    StateCopied,
    /// Waits for the state to be restored.
    StateApplied,
    /// Waits for the iterator over list items.
    ListBegun,
    /// Waits for a list item.
    ListItem,
    /// Waits for its copy.
    ListItemCopied,
    /// Waits for it to be appended.
    ListItemAdded,
    /// Begins with the dict items.
    Pairs,
    /// Waits for the iterator over dict items.
    PairsBegun,
    /// Waits for a pair.
    Pair,
    /// Waits for its parts.
    PairUnpacked,
    /// Waits for the copy of the key.
    KeyCopied,
    /// Waits for the copy of the value.
    ValueCopied,
    /// Waits for the item to be set.
    ItemSet,
}

/// What all tasks share.
pub struct Shared<'a, 'gc> {
    /// `deepcopy`, not `copy`.
    pub deep: bool,
    /// The memo, of a deep copy.
    pub memo: &'a mut Memo<'gc>,
    /// What is known about restoring state.
    pub states: &'a mut StateCache<'gc>,
    /// The module's tables.
    pub tables: &'gc Tables<'gc>,
}

/// One object being copied.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Rebuild<'gc> {
    /// The object.
    pub source: Value<'gc>,
    #[collect(require_static)]
    stage: Stage,
    /// The copy, once made.
    target: Value<'gc>,
    callable: Value<'gc>,
    arguments: Value<'gc>,
    state: Value<'gc>,
    list_items: Value<'gc>,
    dict_items: Value<'gc>,
    /// The copied arguments.
    copied: Vec<Value<'gc>>,
    /// The pair that is being set.
    key: Value<'gc>,
    value: Value<'gc>,
}

impl<'gc> Rebuild<'gc> {
    fn at(source: Value<'gc>, stage: Stage) -> Box<Self> {
        Box::new(Rebuild {
            source,
            stage,
            target: Value::Absent,
            callable: Value::None,
            arguments: Value::None,
            state: Value::None,
            list_items: Value::None,
            dict_items: Value::None,
            copied: Vec::new(),
            key: Value::None,
            value: Value::None,
        })
    }

    /// An object that is asked how it wants to be copied.
    pub fn ask(source: Value<'gc>) -> Box<Self> {
        Rebuild::at(source, Stage::Hook)
    }

    /// An object that has no hook of copy's own.
    pub fn reduce(source: Value<'gc>) -> Box<Self> {
        Rebuild::at(source, Stage::Reducer)
    }

    /// An object whose copy a function makes: the first answer.
    pub fn called(source: Value<'gc>) -> Box<Self> {
        Rebuild::at(source, Stage::HookCalled)
    }

    /// An object that is its class and its state, which is the first answer.
    pub fn with_state(source: Value<'gc>) -> Box<Self> {
        Rebuild::at(source, Stage::State)
    }

    /// `_reconstruct`: `parts` are the function, its arguments, the state, list
    /// items and dict items.
    pub fn from_parts(source: Value<'gc>, parts: [Value<'gc>; 5]) -> Box<Self> {
        let mut made = Rebuild::at(source, Stage::Arguments);
        [
            made.callable,
            made.arguments,
            made.state,
            made.list_items,
            made.dict_items,
        ] = parts;
        made
    }

    /// Whether the copy was remembered when it was made.
    pub fn is_known(&self) -> bool {
        !self.target.is_absent()
    }

    fn wait(&mut self, stage: Stage, flow: Flow<'gc>) -> Go<'gc> {
        self.stage = stage;
        match flow {
            Flow::Return(value) => Go::On(Answer::Value(value)),
            flow => Go::Turn(Turn::Await(flow)),
        }
    }

    /// Asks for a copy of `value` if the copy is a deep one.
    fn copy(&mut self, shared: &Shared<'_, 'gc>, stage: Stage, value: Value<'gc>) -> Go<'gc> {
        self.stage = stage;
        if shared.deep {
            Go::Turn(Turn::Child(value))
        } else {
            Go::On(Answer::Value(value))
        }
    }

    fn skip(&mut self, stage: Stage) -> Go<'gc> {
        self.stage = stage;
        Go::On(Answer::None)
    }

    /// Goes on until the next thing that somebody else has to give.
    pub fn step(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
        mut answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        loop {
            let go = match self.stage {
                Stage::Hook => self.find_hook(ctx, shared)?,
                Stage::HookFound => self.found_hook(ctx, shared, answer)?,
                Stage::HookCalled => return Ok(Turn::Done(answer.value()?)),
                Stage::Reducer => self.find_reducer(ctx, shared)?,
                Stage::ReduceExFound => self.found_reduce_ex(ctx, answer)?,
                Stage::ReduceFound => self.found_reduce(ctx, shared, answer)?,
                Stage::Reduced => self.reduced(ctx, answer.value()?)?,
                Stage::Unpacked => self.unpacked(ctx, answer.value()?)?,
                Stage::State => self.new_instance(ctx, answer.value()?)?,
                Stage::Arguments => self.begin_arguments(ctx, shared, answer)?,
                Stage::Argument => {
                    self.copied.push(answer.value()?);
                    self.next_argument(ctx)?
                }
                Stage::Made => self.made(ctx, shared, answer.value()?)?,
                Stage::StateCopied => {
                    let (state, target) = (answer.value()?, self.target);
                    let rules = StateRules::Copy;
                    let flow = rebuild::apply_state(ctx, target, state, rules, shared.states)?;
                    self.wait(Stage::StateApplied, flow)
                }
                Stage::StateApplied => {
                    answer.value()?;
                    self.begin_list_items(ctx)?
                }
                Stage::ListBegun | Stage::ListItemAdded => self.next_list_item(answer.value()?),
                Stage::ListItem => match answer {
                    Answer::Exhausted => self.skip(Stage::Pairs),
                    answer => self.copy(shared, Stage::ListItemCopied, answer.value()?),
                },
                Stage::ListItemCopied => {
                    let flow = rebuild::append(ctx, self.target, answer.value()?)?;
                    self.wait(Stage::ListItemAdded, flow)
                }
                Stage::Pairs => match self.dict_items {
                    Value::None => return Ok(Turn::Done(self.target)),
                    items => {
                        let flow = iterate::iter_flow(ctx, items)?;
                        self.wait(Stage::PairsBegun, flow)
                    }
                },
                Stage::PairsBegun | Stage::ItemSet => self.next_pair(answer.value()?),
                Stage::Pair => match answer {
                    Answer::Exhausted => return Ok(Turn::Done(self.target)),
                    answer => self.unpack_pair(ctx, shared, answer.value()?)?,
                },
                Stage::PairUnpacked => {
                    let parts = answer.value()?.as_list();
                    let part = |at| parts.and_then(|p| p.get(at)).unwrap_or(Value::None);
                    (self.key, self.value) = (part(0), part(1));
                    self.copy(shared, Stage::KeyCopied, self.key)
                }
                Stage::KeyCopied => {
                    self.key = answer.value()?;
                    self.copy(shared, Stage::ValueCopied, self.value)
                }
                Stage::ValueCopied => {
                    let pair = [self.key, answer.value()?];
                    let flow = rebuild::set_items(ctx, self.target, &pair)?;
                    self.wait(Stage::ItemSet, flow)
                }
            };
            answer = match go {
                Go::Turn(turn) => return Ok(turn),
                Go::On(answer) => answer,
            };
        }
    }

    /// `getattr(object, name)` for a look-up whose failure means "none".
    fn find(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        name: Str<'gc>,
        stage: Stage,
    ) -> Go<'gc> {
        self.stage = stage;
        self.found(ctx, object, attribute::lookup(ctx, object, name))
    }

    /// Hands what a look-up gave on to the stage that waits for it.
    fn found(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        found: Result<Attr<'gc>, Raised<'gc>>,
    ) -> Go<'gc> {
        match found {
            Ok(Attr::Method(function)) => {
                Go::On(Answer::Value(attribute::bind(ctx, function, object)))
            }
            Ok(Attr::Value(value)) => Go::On(Answer::Value(value)),
            Ok(Attr::Flow(flow)) => self.wait(self.stage, flow),
            Ok(Attr::Missing) => Go::On(Answer::None),
            Err(raised) => Go::On(Answer::Raised(raised)),
        }
    }

    fn find_hook(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let names = ctx.names();
        if !shared.deep {
            let class = Value::Type(self.source.class(ctx));
            return Ok(self.find(ctx, class, names.__copy__, Stage::HookFound));
        }
        self.stage = Stage::HookFound;
        match attribute::lookup(ctx, self.source, names.__deepcopy__) {
            // The method of a class is called without being bound first.
            Ok(Attr::Method(method)) => {
                let memo = shared.memo.show(ctx)?;
                let flow = call_special(ctx, method, self.source, &[memo])?;
                Ok(self.wait(Stage::HookCalled, flow))
            }
            found => Ok(self.found(ctx, self.source, found)),
        }
    }

    fn found_hook(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
        answer: Answer<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let Some(hook) = present(ctx, answer)?.filter(|hook| !hook.is_none()) else {
            return Ok(self.skip(Stage::Reducer));
        };
        let argument = if shared.deep {
            shared.memo.show(ctx)?
        } else {
            self.source
        };
        let flow = call_flow(ctx, hook, &[argument])?;
        Ok(self.wait(Stage::HookCalled, flow))
    }

    fn find_reducer(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let class = Value::Type(self.source.class(ctx));
        if let Some(reducer) = shared.tables.reducers.get(ctx, class)?
            && !reducer.is_none()
            && (!shared.deep || ctx.truth(reducer)?)
        {
            let flow = call_flow(ctx, reducer, &[self.source])?;
            return Ok(self.wait(Stage::Reduced, flow));
        }
        let name = ctx.names().__reduce_ex__;
        Ok(self.find(ctx, self.source, name, Stage::ReduceExFound))
    }

    fn found_reduce_ex(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if let Some(method) = present(ctx, answer)?.filter(|method| !method.is_none()) {
            let flow = call_flow(ctx, method, &[Value::Int(4)])?;
            return Ok(self.wait(Stage::Reduced, flow));
        }
        let name = ctx.names().__reduce__;
        Ok(self.find(ctx, self.source, name, Stage::ReduceFound))
    }

    fn found_reduce(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
        answer: Answer<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if let Some(method) = present(ctx, answer)?
            && ctx.truth(method)?
        {
            let flow = call_flow(ctx, method, &[])?;
            return Ok(self.wait(Stage::Reduced, flow));
        }
        let class = ctx.to_str(Value::Type(self.source.class(ctx)))?;
        let kind = if shared.deep { "deep" } else { "shallow" };
        Err(super::error(
            ctx,
            &format!(
                "un({kind})copyable object of type {}",
                class.to_string_lossy()
            ),
        ))
    }

    fn reduced(
        &mut self,
        ctx: Context<'gc>,
        reduction: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if reduction.as_str().is_some() {
            return Ok(Go::Turn(Turn::Done(self.source)));
        }
        if let Value::Tuple(parts) = reduction {
            return self.take_parts(ctx, parts.items());
        }
        let list = Value::List(List::new(ctx, Vec::new()));
        self.target = list;
        let flow = rare::extend_list(ctx, list, reduction)?;
        Ok(self.wait(Stage::Unpacked, flow))
    }

    fn unpacked(&mut self, ctx: Context<'gc>, _: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let parts = self.target.as_list().map(List::to_vec);
        self.target = Value::Absent;
        self.take_parts(ctx, &parts.unwrap_or_default())
    }

    /// Takes the parts that are `_reconstruct`'s arguments after the first two.
    fn take_parts(
        &mut self,
        ctx: Context<'gc>,
        parts: &[Value<'gc>],
    ) -> Result<Go<'gc>, Raised<'gc>> {
        match parts.len() {
            0 => Err(ctx.type_error(
                "_reconstruct() missing 2 required positional arguments: 'func' and 'args'",
            )),
            1 => {
                Err(ctx.type_error("_reconstruct() missing 1 required positional argument: 'args'"))
            }
            2..=5 => {
                let part = |at: usize| parts.get(at).copied().unwrap_or(Value::None);
                (self.callable, self.arguments) = (part(0), part(1));
                (self.state, self.list_items, self.dict_items) = (part(2), part(3), part(4));
                Ok(self.skip(Stage::Arguments))
            }
            more => Err(ctx.type_error(format!(
                "_reconstruct() takes from 4 to 7 positional arguments but {} were given",
                more + 2
            ))),
        }
    }

    /// Makes an instance of the object's class whose state is known.
    fn new_instance(
        &mut self,
        ctx: Context<'gc>,
        state: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        self.state = state;
        let class: Type<'gc> = self.source.class(ctx);
        let flow = rebuild::new_object(ctx, class, ctx.empty_tuple())?;
        Ok(self.wait(Stage::Made, flow))
    }

    fn begin_arguments(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
        answer: Answer<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if let Answer::Value(_) | Answer::Raised(_) = answer {
            self.arguments = answer.value()?;
        }
        match self.arguments {
            Value::Tuple(arguments) if shared.deep => {
                self.copied.reserve_exact(arguments.len());
                self.next_argument(ctx)
            }
            Value::Tuple(arguments) => self.construct(ctx, arguments),
            other if shared.deep && ctx.truth(other)? => {
                let flow = collect_then(ctx, other, Vec::new(), |ctx, _, items| {
                    Ok(Flow::Return(Value::Tuple(ctx.tuple(items))))
                })?;
                Ok(self.wait(Stage::Arguments, flow))
            }
            other => {
                let flow = rare::call_with_stars(ctx, self.callable, other, Value::Absent)?;
                Ok(self.wait(Stage::Made, flow))
            }
        }
    }

    fn next_argument(&mut self, ctx: Context<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let arguments = self.arguments.as_tuple().map_or(&[][..], Tuple::items);
        if let Some(argument) = arguments.get(self.copied.len()) {
            self.stage = Stage::Argument;
            return Ok(Go::Turn(Turn::Child(*argument)));
        }
        let copied = ctx.tuple(std::mem::take(&mut self.copied));
        self.construct(ctx, copied)
    }

    fn construct(
        &mut self,
        ctx: Context<'gc>,
        arguments: Tuple<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let flow = rebuild::construct(ctx, self.callable, arguments)?;
        Ok(self.wait(Stage::Made, flow))
    }

    fn made(
        &mut self,
        ctx: Context<'gc>,
        shared: &mut Shared<'_, 'gc>,
        target: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        self.target = target;
        if shared.deep {
            shared.memo.set(ctx, self.source, target)?;
        }
        match self.state {
            Value::None => self.begin_list_items(ctx),
            state => Ok(self.copy(shared, Stage::StateCopied, state)),
        }
    }

    fn begin_list_items(&mut self, ctx: Context<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        match self.list_items {
            Value::None => Ok(self.skip(Stage::Pairs)),
            items => {
                let flow = iterate::iter_flow(ctx, items)?;
                Ok(self.wait(Stage::ListBegun, flow))
            }
        }
    }

    /// The answer is the iterator the first time.
    fn next_list_item(&mut self, answer: Value<'gc>) -> Go<'gc> {
        if self.stage == Stage::ListBegun {
            self.list_items = answer;
        }
        self.stage = Stage::ListItem;
        Go::Turn(Turn::Next(self.list_items))
    }

    /// The answer is the iterator the first time.
    fn next_pair(&mut self, answer: Value<'gc>) -> Go<'gc> {
        if self.stage == Stage::PairsBegun {
            self.dict_items = answer;
        }
        self.stage = Stage::Pair;
        Go::Turn(Turn::Next(self.dict_items))
    }

    fn unpack_pair(
        &mut self,
        ctx: Context<'gc>,
        shared: &Shared<'_, 'gc>,
        pair: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if let Value::Tuple(tuple) = pair
            && let &[key, value] = tuple.items()
        {
            self.value = value;
            return Ok(self.copy(shared, Stage::KeyCopied, key));
        }
        let flow = rare::unpack(ctx, pair, 2, None)?;
        Ok(self.wait(Stage::PairUnpacked, flow))
    }
}

/// What a look-up found; none where it ended in an AttributeError.
fn present<'gc>(ctx: Context<'gc>, answer: Answer<'gc>) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    match answer {
        Answer::Value(value) => Ok(Some(value)),
        Answer::None | Answer::Exhausted => Ok(None),
        Answer::Raised(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => Ok(None),
        Answer::Raised(raised) => Err(raised),
    }
}
