//! The files that are open, by their descriptors: `open(other.fileno())` finds them here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::rc::{Rc, Weak};

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::Object;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::backing::SharedFile;

const FILES: &str = "io.files";

/// What a runtime knows of them.
#[derive(Default, Collect)]
#[collect(require_static)]
struct Files(RefCell<HashMap<i64, Weak<RefCell<Option<File>>>>>);

impl NativeData for Files {
    type Data<'gc> = Files;
}

fn known<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    if let Some(known) = ctx.registry().get_text(ctx, FILES) {
        return known;
    }
    let made = Object::with_native::<Files>(ctx, ctx.types().object, Files::default());
    ctx.registry().set_text(ctx, FILES, Value::Object(made));
    Value::Object(made)
}

/// Notes a file that was opened.
pub fn note(ctx: Context<'_>, descriptor: i64, file: &SharedFile) {
    if let Some(files) = known(ctx).native::<Files>() {
        let mut files = files.0.borrow_mut();
        if files.len() == files.capacity() {
            files.retain(|_, file| file.strong_count() > 0);
        }
        files.insert(descriptor, Rc::downgrade(file));
    }
}

/// Another handle of the file of a descriptor.
pub fn share(ctx: Context<'_>, descriptor: i64) -> Option<File> {
    let known = known(ctx);
    let file = known
        .native::<Files>()?
        .0
        .borrow()
        .get(&descriptor)?
        .upgrade()?;
    let shared = file.borrow().as_ref()?.try_clone();
    shared.ok()
}
