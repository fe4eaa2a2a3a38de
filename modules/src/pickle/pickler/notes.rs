//! What an error that leaves a dump is told on its way up the path: which item of which container it came from.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;

use super::dump::Dump;
use super::work::Work;

/// An error gets no more notes than this, the innermost ones.
const MOST_NOTES: usize = 100_000;

/// Adds the notes of the whole path, innermost first.
pub(super) fn add<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, dump: &Dump<'gc>) {
    let mut reductions = dump.reductions.iter().rev();
    let mut iterators = dump.iterators.iter().rev();
    let mut notes = Vec::new();
    let mut in_key = false;
    for work in dump.work.iter().rev() {
        if notes.len() >= MOST_NOTES {
            break;
        }
        match work {
            Work::Reduction => {
                if let Some(reduction) = reductions.next() {
                    notes.extend(reduction.notes(ctx));
                }
            }
            Work::Iterator => {
                if let Some(iterator) = iterators.next().filter(|_| !in_key) {
                    notes.extend(iterator.note(ctx));
                }
            }
            work => notes.extend(work.notes(ctx, in_key)),
        }
        in_key = matches!(work, Work::Value(_));
    }
    add_texts(ctx, raised, &notes);
}

/// Adds these notes. One that the exception does not take is left out.
pub(super) fn add_texts<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, notes: &[String]) {
    for note in notes {
        let name = ctx.intern("add_note");
        if ctx
            .call_method(raised.value(), name, &[ctx.str_value(note)])
            .is_err()
        {
            return;
        }
    }
}
