//! How an iterator over iterators advances: a function that is told what came
//! of its last request and makes the next one. While natives answer, that is a
//! loop; for Python code it becomes a frame that goes on where the loop was.

use capers_runtime::context::Context;
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::iterator_methods::stop;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Next, Step};
use gc_arena::Collect;

/// How many requests are answered between two safe points.
const BATCH: usize = 1024;

/// What came of the last request.
#[derive(Copy, Clone)]
pub struct Turn<'gc> {
    /// Which request it was; 0 at the start.
    pub tag: u8,
    /// The item or result; none at the start and at the source's end.
    pub got: Option<Value<'gc>>,
    /// What was put aside with the request.
    pub kept: Value<'gc>,
}

/// What an iterator asks for.
pub enum Ask<'gc> {
    /// Nothing: this is the next item.
    Give(Value<'gc>),
    /// Nothing: there are no more items.
    Stop,
    /// The next item of a source; then a turn with `tag`.
    Pull {
        /// The source.
        source: Value<'gc>,
        /// Which request this is.
        tag: u8,
        /// What to put aside.
        kept: Value<'gc>,
    },
    /// The result of a flow; then a turn with `tag`.
    Run {
        /// The flow.
        flow: Flow<'gc>,
        /// Which request this is.
        tag: u8,
        /// What to put aside.
        kept: Value<'gc>,
    },
}

/// Pulls from `source` with nothing put aside.
pub fn pull<'gc>(source: Value<'gc>, tag: u8) -> Result<Ask<'gc>, Raised<'gc>> {
    Ok(Ask::Pull {
        source,
        tag,
        kept: Value::Absent,
    })
}

/// Takes a turn of the iterator.
pub type TurnFn = for<'gc> fn(Context<'gc>, Value<'gc>, Turn<'gc>) -> Result<Ask<'gc>, Raised<'gc>>;

/// Where a loop over turns came to.
enum Reached<'gc> {
    Item(Value<'gc>),
    End,
    /// A flow has to run; what the turn after it is, and whether its
    /// StopIteration is a source's end.
    Wait(Flow<'gc>, Turn<'gc>, bool),
    /// A batch is done; the next turn.
    Batch(Turn<'gc>),
}

fn go_on<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    take: TurnFn,
    mut turn: Turn<'gc>,
) -> Result<Reached<'gc>, Raised<'gc>> {
    for _ in 0..BATCH {
        turn = match take(ctx, owner, turn)? {
            Ask::Give(item) => return Ok(Reached::Item(item)),
            Ask::Stop => return Ok(Reached::End),
            Ask::Pull { source, tag, kept } => {
                let got = match iterate::next(ctx, source)? {
                    Next::Item(item) => Some(item),
                    Next::Exhausted => None,
                    Next::Flow(flow) => {
                        let turn = Turn {
                            tag,
                            got: None,
                            kept,
                        };
                        return Ok(Reached::Wait(flow, turn, true));
                    }
                };
                Turn { tag, got, kept }
            }
            Ask::Run { flow, tag, kept } => match flow {
                Flow::Return(result) => Turn {
                    tag,
                    got: Some(result),
                    kept,
                },
                flow => {
                    let turn = Turn {
                        tag,
                        got: None,
                        kept,
                    };
                    return Ok(Reached::Wait(flow, turn, false));
                }
            },
        };
    }
    Ok(Reached::Batch(turn))
}

/// A turn that waits for Python code.
#[derive(Collect)]
#[collect(no_drop)]
struct Waiting<'gc> {
    owner: Value<'gc>,
    flow: Option<Flow<'gc>>,
    got: Option<Value<'gc>>,
    kept: Value<'gc>,
    tag: u8,
    pulling: bool,
    #[collect(require_static)]
    take: TurnFn,
}

impl<'gc> NativeFrame<'gc> for Waiting<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(flow) = self.flow.take() {
            return Ok(Step::Await(flow));
        }
        match input {
            Input::Value(value) | Input::Item(value) => self.got = Some(value),
            Input::Exhausted => self.got = None,
            Input::Raised(raised)
                if self.pulling && exceptions::matches(ctx, raised, Exc::StopIteration) =>
            {
                self.got = None;
            }
            Input::Raised(raised) => return Err(raised),
            // After a batch: the turn is kept whole.
            Input::Start => {}
        }
        let turn = Turn {
            tag: self.tag,
            got: self.got.take(),
            kept: self.kept,
        };
        let (turn, step) = match go_on(ctx, self.owner, self.take, turn)? {
            Reached::Item(item) => return Ok(Step::Return(item)),
            Reached::End => return Err(stop(ctx)),
            Reached::Wait(flow, turn, pulling) => {
                self.pulling = pulling;
                (turn, Step::Await(flow))
            }
            Reached::Batch(turn) => (turn, Step::Yield),
        };
        self.tag = turn.tag;
        self.kept = turn.kept;
        self.got = turn.got;
        Ok(step)
    }
}

/// Advances `owner` by taking turns from the start.
pub fn advance<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    take: TurnFn,
) -> Result<Next<'gc>, Raised<'gc>> {
    let turn = Turn {
        tag: 0,
        got: None,
        kept: Value::Absent,
    };
    let (flow, turn, pulling) = match go_on(ctx, owner, take, turn)? {
        Reached::Item(item) => return Ok(Next::Item(item)),
        Reached::End => return Ok(Next::Exhausted),
        Reached::Wait(flow, turn, pulling) => (Some(flow), turn, pulling),
        Reached::Batch(turn) => (None, turn, false),
    };
    Ok(Next::Flow(Flow::frame(Waiting {
        owner,
        flow,
        got: turn.got,
        kept: turn.kept,
        tag: turn.tag,
        pulling,
        take,
    })))
}
