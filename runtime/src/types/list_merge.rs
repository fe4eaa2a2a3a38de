//! Merging for `list.sort`: which neighbouring runs are merged when (powersort), and
//! the merge that gallops where one run keeps winning. What is compared with what, and
//! in which order, is as in CPython's `listobject.c`, since programs can count it.

use gc_arena::Collect;

use crate::context::Context;
use crate::raised::Raised;
use crate::types::list_sort::{Pair, less};

/// How many items in a row have to come from one run before the merge gallops.
const MIN_GALLOP: usize = 7;

/// A run: where it starts, its length, and the power of the node between it and the
/// next one in the tree of merges.
#[derive(Copy, Clone, Debug)]
struct Run {
    start: usize,
    length: usize,
    power: u32,
}

/// The runs found so far, and how soon merges gallop.
#[derive(Debug)]
pub struct Runs {
    stack: Vec<Run>,
    /// How many items are sorted in all.
    total: usize,
    min_gallop: usize,
    /// The run that waits until those before it are merged as far as they must be.
    found: Option<Run>,
}

impl Runs {
    /// No runs yet, of `total` items.
    pub fn new(total: usize) -> Self {
        Runs {
            stack: Vec::new(),
            total,
            min_gallop: MIN_GALLOP,
            found: None,
        }
    }

    /// The length that shorter runs are filled up to.
    pub fn least(&self) -> usize {
        let (mut length, mut odd) = (self.total, 0);
        while length >= 64 {
            odd |= length & 1;
            length >>= 1;
        }
        length + odd
    }

    /// Notes a run that was found. `due` then tells what to merge before the next.
    pub fn found(&mut self, start: usize, length: usize) {
        let run = Run {
            start,
            length,
            power: 0,
        };
        self.found = Some(run);
    }

    /// The next merge that is due; none when the next run may be looked for. Once all
    /// are found, `all` is true and everything is merged.
    pub fn due(&mut self, all: bool) -> Option<Merge<'static>> {
        if let Some(found) = self.found {
            if let Some(last) = self.stack.last().copied() {
                let power = self.power(last, found.length);
                if let [.., before, _] = self.stack[..]
                    && before.power > power
                {
                    return Some(self.take(self.stack.len() - 2));
                }
                if let Some(last) = self.stack.last_mut() {
                    last.power = power;
                }
            }
            self.stack.push(found);
            self.found = None;
        }
        if !all || self.stack.len() < 2 {
            return None;
        }
        let mut at = self.stack.len() - 2;
        if at > 0 && self.stack[at - 1].length < self.stack[at + 1].length {
            at -= 1;
        }
        Some(self.take(at))
    }

    /// The merge of the runs `at` and `at + 1`, which are one from now on.
    fn take(&mut self, at: usize) -> Merge<'static> {
        let right = self.stack.remove(at + 1);
        let left = &mut self.stack[at];
        let merge = Merge::new(left.start, left.length, right.length);
        left.length += right.length;
        // The node after the pair is the one after its right run.
        left.power = right.power;
        merge
    }

    /// The power of the node between the run `last` and a next one of length `next`:
    /// how many halvings of the whole tell their middles apart.
    fn power(&self, last: Run, next: usize) -> u32 {
        let total = self.total as u128;
        let mut a = 2 * last.start as u128 + last.length as u128;
        let mut b = a + (last.length + next) as u128;
        let mut power = 0;
        loop {
            power += 1;
            if a >= total {
                a -= total;
                b -= total;
            } else if b >= total {
                return power;
            }
            a <<= 1;
            b <<= 1;
        }
    }
}

/// Where a merge stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Phase {
    /// The ends that are in place already are still to be left out.
    Trim,
    /// Item by item.
    Pairs,
    /// In leaps.
    Gallop,
}

/// Two neighbouring runs on their way into one. The items stay where they are until
/// the end; only their order is kept here.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Merge<'gc> {
    /// Where the left run's rest starts, and its length.
    left: (usize, usize),
    /// The same of the right run.
    right: (usize, usize),
    /// What is merged: from the front, or, backwards, from the end.
    out: Vec<Pair<'gc>>,
    #[collect(require_static)]
    phase: Phase,
    /// Whether the merge goes on from the ends, the right run being the shorter one.
    backwards: bool,
    /// How many items in a row came from the left and from the right run.
    wins: (usize, usize),
    /// Where the part of the list starts that the merge is about.
    start: usize,
}

impl Merge<'static> {
    fn new(start: usize, left: usize, right: usize) -> Self {
        Merge {
            left: (start, left),
            right: (start + left, right),
            out: Vec::new(),
            phase: Phase::Trim,
            backwards: false,
            wins: (0, 0),
            start,
        }
    }
}

impl<'gc> Merge<'gc> {
    /// The same merge, begun for these items.
    pub fn begun(plan: Merge<'static>) -> Self {
        Merge {
            left: plan.left,
            right: plan.right,
            out: Vec::new(),
            phase: plan.phase,
            backwards: plan.backwards,
            wins: plan.wins,
            start: plan.start,
        }
    }

    /// Goes on for about `batch` items. True when it is done: `settle` is due then, as
    /// it is after an error.
    pub fn step(
        &mut self,
        ctx: Context<'gc>,
        pairs: &[Pair<'gc>],
        runs: &mut Runs,
        batch: usize,
    ) -> Result<bool, Raised<'gc>> {
        if self.phase == Phase::Trim && self.trim(ctx, pairs)? {
            return Ok(true);
        }
        let mut left = batch;
        while left > 0 {
            left -= 1;
            let done = match (self.phase, self.backwards) {
                (Phase::Gallop, false) => self.gallop(ctx, pairs, runs)?,
                (Phase::Gallop, true) => self.gallop_backwards(ctx, pairs, runs)?,
                _ => self.one(ctx, pairs, runs)?,
            };
            if done {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts what is merged, and what is not, into its place in the list. Where the
    /// merge is done, what the right run still has comes before the rest of the left
    /// one: at most one of the two is more than one item.
    pub fn settle(&mut self, pairs: &mut [Pair<'gc>], done: bool) {
        if self.out.is_empty() {
            return;
        }
        let mut all = Vec::with_capacity(self.out.len() + self.left.1 + self.right.1);
        let left = &pairs[self.left.0..][..self.left.1];
        let right = &pairs[self.right.0..][..self.right.1];
        let mut rest = if done {
            [right, left].concat()
        } else {
            [left, right].concat()
        };
        if self.backwards {
            all.append(&mut rest);
            all.extend(self.out.drain(..).rev());
        } else {
            all.append(&mut self.out);
            all.append(&mut rest);
        }
        pairs[self.start..self.start + all.len()].copy_from_slice(&all);
    }

    /// Leaves out the left run's head and the right run's tail that are in place, and
    /// takes the first item. True when that is all there is to do.
    fn trim(&mut self, ctx: Context<'gc>, pairs: &[Pair<'gc>]) -> Result<bool, Raised<'gc>> {
        let first = pairs[self.right.0];
        let head = gallop_right(ctx, first, &pairs[self.left.0..][..self.left.1], 0)?;
        self.left = (self.left.0 + head, self.left.1 - head);
        self.start = self.left.0;
        if self.left.1 == 0 {
            return Ok(true);
        }
        let last = pairs[self.left.0 + self.left.1 - 1];
        let right = &pairs[self.right.0..][..self.right.1];
        self.right.1 = gallop_left(ctx, last, right, right.len() - 1)?;
        if self.right.1 == 0 {
            return Ok(true);
        }
        self.phase = Phase::Pairs;
        self.backwards = self.left.1 > self.right.1;
        Ok(if self.backwards {
            self.take_left(pairs, 1);
            self.left.1 == 0 || self.right.1 == 1
        } else {
            self.take_right(pairs, 1);
            self.right.1 == 0 || self.left.1 == 1
        })
    }

    /// Takes items of the left run, from its front or its end.
    fn take_left(&mut self, pairs: &[Pair<'gc>], count: usize) {
        let (start, length) = self.left;
        if self.backwards {
            let taken = &pairs[start + length - count..start + length];
            self.out.extend(taken.iter().rev());
            self.left = (start, length - count);
        } else {
            self.out.extend_from_slice(&pairs[start..start + count]);
            self.left = (start + count, length - count);
        }
    }

    /// Takes items of the right run, from its front or its end.
    fn take_right(&mut self, pairs: &[Pair<'gc>], count: usize) {
        let (start, length) = self.right;
        if self.backwards {
            let taken = &pairs[start + length - count..start + length];
            self.out.extend(taken.iter().rev());
            self.right = (start, length - count);
        } else {
            self.out.extend_from_slice(&pairs[start..start + count]);
            self.right = (start + count, length - count);
        }
    }

    /// Whether nothing is left to compare: one run is empty, or the one that would be
    /// put aside has but the item that is known to come last.
    fn is_decided(&self) -> bool {
        if self.backwards {
            self.left.1 == 0 || self.right.1 <= 1
        } else {
            self.right.1 == 0 || self.left.1 <= 1
        }
    }

    /// Takes one item, from whichever run it is.
    fn one(
        &mut self,
        ctx: Context<'gc>,
        pairs: &[Pair<'gc>],
        runs: &mut Runs,
    ) -> Result<bool, Raised<'gc>> {
        let at = |(start, length): (usize, usize)| match self.backwards {
            true => pairs[start + length - 1].key,
            false => pairs[start].key,
        };
        let smaller_right = less(ctx, at(self.right), at(self.left))?;
        // From the front the smaller one comes next, from the end the greater one.
        let wins = if smaller_right != self.backwards {
            self.take_right(pairs, 1);
            self.wins = (0, self.wins.1 + 1);
            self.wins.1
        } else {
            self.take_left(pairs, 1);
            self.wins = (self.wins.0 + 1, 0);
            self.wins.0
        };
        if self.is_decided() {
            return Ok(true);
        }
        if wins >= runs.min_gallop {
            runs.min_gallop += 1;
            self.phase = Phase::Gallop;
        }
        Ok(false)
    }

    /// A leap in each run, from the front.
    fn gallop(
        &mut self,
        ctx: Context<'gc>,
        pairs: &[Pair<'gc>],
        runs: &mut Runs,
    ) -> Result<bool, Raised<'gc>> {
        if runs.min_gallop > 1 {
            runs.min_gallop -= 1;
        }
        let left = &pairs[self.left.0..][..self.left.1];
        let lefts = gallop_right(ctx, pairs[self.right.0], left, 0)?;
        self.take_left(pairs, lefts);
        if lefts > 0 && self.left.1 <= 1 {
            return Ok(true);
        }
        self.take_right(pairs, 1);
        if self.right.1 == 0 {
            return Ok(true);
        }
        let right = &pairs[self.right.0..][..self.right.1];
        let rights = gallop_left(ctx, pairs[self.left.0], right, 0)?;
        self.take_right(pairs, rights);
        if rights > 0 && self.right.1 == 0 {
            return Ok(true);
        }
        self.take_left(pairs, 1);
        if self.left.1 == 1 {
            return Ok(true);
        }
        self.end_leap(lefts, rights, runs);
        Ok(false)
    }

    /// A leap in each run, from the end.
    fn gallop_backwards(
        &mut self,
        ctx: Context<'gc>,
        pairs: &[Pair<'gc>],
        runs: &mut Runs,
    ) -> Result<bool, Raised<'gc>> {
        if runs.min_gallop > 1 {
            runs.min_gallop -= 1;
        }
        let last = pairs[self.right.0 + self.right.1 - 1];
        let left = &pairs[self.left.0..][..self.left.1];
        let lefts = left.len() - gallop_right(ctx, last, left, left.len() - 1)?;
        self.take_left(pairs, lefts);
        if lefts > 0 && self.left.1 == 0 {
            return Ok(true);
        }
        self.take_right(pairs, 1);
        if self.right.1 == 1 {
            return Ok(true);
        }
        let last = pairs[self.left.0 + self.left.1 - 1];
        let right = &pairs[self.right.0..][..self.right.1];
        let rights = right.len() - gallop_left(ctx, last, right, right.len() - 1)?;
        self.take_right(pairs, rights);
        if rights > 0 && self.right.1 <= 1 {
            return Ok(true);
        }
        self.take_left(pairs, 1);
        if self.left.1 == 0 {
            return Ok(true);
        }
        self.end_leap(lefts, rights, runs);
        Ok(false)
    }

    /// Goes back to single items where leaps were short.
    fn end_leap(&mut self, lefts: usize, rights: usize, runs: &mut Runs) {
        if lefts < MIN_GALLOP && rights < MIN_GALLOP {
            runs.min_gallop += 1;
            self.wins = (0, 0);
            self.phase = Phase::Pairs;
        }
    }
}

/// How many items of a run are smaller than `key`, looked for from `hint` on in leaps.
fn gallop_left<'gc>(
    ctx: Context<'gc>,
    key: Pair<'gc>,
    run: &[Pair<'gc>],
    hint: usize,
) -> Result<usize, Raised<'gc>> {
    leap(run.len(), hint, |at| less(ctx, run[at].key, key.key))
}

/// How many items of a run are not greater than `key`, looked for from `hint` on in leaps.
fn gallop_right<'gc>(
    ctx: Context<'gc>,
    key: Pair<'gc>,
    run: &[Pair<'gc>],
    hint: usize,
) -> Result<usize, Raised<'gc>> {
    leap(run.len(), hint, |at| {
        less(ctx, key.key, run[at].key).map(|smaller| !smaller)
    })
}

/// The number of items, of `length`, for which `is_before` holds; it holds for the
/// first ones. Leaps from `hint` on, ever further, then halves what is between.
fn leap<E>(
    length: usize,
    hint: usize,
    mut is_before: impl FnMut(usize) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut low, mut high);
    if is_before(hint)? {
        (low, high) = (0, 1);
        let furthest = length - hint;
        while high < furthest && is_before(hint + high)? {
            low = high;
            high = (high << 1) + 1;
        }
        low += hint + 1;
        high = hint + high.min(furthest);
    } else {
        let (mut near, mut far) = (0, 1);
        let furthest = hint + 1;
        while far < furthest && !is_before(hint - far)? {
            near = far;
            far = (far << 1) + 1;
        }
        low = hint + 1 - far.min(furthest);
        high = hint - near;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}
