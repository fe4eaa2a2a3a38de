//! The files that are open for writing. CPython writes out and closes a file with the last
//! reference to it; here a collection does, so that what a file still holds back has to be
//! looked after when somebody opens the same file, and when the program ends.

use std::cell::RefCell;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::rc::{Rc, Weak};

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::Object;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::backing::Backing;

const WRITERS: &str = "io.writers";

/// What a runtime knows of its open files.
#[derive(Default, Collect)]
#[collect(require_static)]
struct Writers(RefCell<Vec<Writer>>);

impl NativeData for Writers {
    type Data<'gc> = Writers;
}

struct Writer {
    /// Which file it is: device and inode.
    file: (u64, u64),
    backing: Weak<RefCell<Backing>>,
}

fn with_writers<T>(ctx: Context<'_>, work: impl FnOnce(&mut Vec<Writer>) -> T) -> Option<T> {
    let known = match ctx.registry().get_text(ctx, WRITERS) {
        Some(known) => known,
        None => {
            let (class, data) = (ctx.types().object, Writers::default());
            let made = Value::Object(Object::with_native::<Writers>(ctx, class, data));
            ctx.registry().set_text(ctx, WRITERS, made);
            made
        }
    };
    let writers = known.native::<Writers>()?;
    Some(work(&mut writers.0.borrow_mut()))
}

/// Notes a file that was opened for writing.
pub fn note(ctx: Context<'_>, metadata: &Metadata, backing: &Rc<RefCell<Backing>>) {
    let writer = Writer {
        file: (metadata.dev(), metadata.ino()),
        backing: Rc::downgrade(backing),
    };
    with_writers(ctx, |writers| {
        if writers.len() == writers.capacity() {
            writers.retain(|writer| writer.backing.strong_count() > 0);
        }
        writers.push(writer);
    });
}

/// Whether a file that is open holds something back from what is written there.
pub fn is_held_back(ctx: Context<'_>, metadata: &Metadata) -> bool {
    let file = (metadata.dev(), metadata.ino());
    let holds = |writer: &Writer| {
        let backing = writer.backing.upgrade();
        backing.is_some_and(|backing| backing.try_borrow().is_ok_and(|b| b.holds_back()))
    };
    with_writers(ctx, |writers| {
        writers
            .iter()
            .any(|writer| writer.file == file && holds(writer))
    })
    .unwrap_or(false)
}

/// Writes out what is held back, at the end of the program. Nobody is there to be told of errors.
pub fn write_out(ctx: Context<'_>) {
    with_writers(ctx, |writers| {
        for writer in writers.drain(..) {
            if let Some(backing) = writer.backing.upgrade()
                && let Ok(mut backing) = backing.try_borrow_mut()
            {
                let _ = backing.flush();
            }
        }
    });
}
