//! Native data behind an object: any collectable struct that a type stores in
//! its instances, erased to one trait object and found again by its type.
//!
//! This is the one file of the crate with `unsafe` code.
#![allow(unsafe_code)]

use std::any::TypeId;

use gc_arena::collect::DynCollect;
use gc_arena::{Collect, Gc, Mutation, collect::dyn_collect, unsize};

/// A struct that instances of a native type carry. `Data` is the struct at the
/// arena's lifetime; the implementor is that struct at `'static`, so that each
/// kind of data has one [`TypeId`].
///
/// ```ignore
/// #[derive(Collect)]
/// #[collect(no_drop)]
/// struct Deque<'gc> { items: RefLock<VecDeque<Value<'gc>>> }
/// impl NativeData for Deque<'static> { type Data<'gc> = Deque<'gc>; }
/// ```
pub trait NativeData: 'static {
    /// The struct itself, at the arena's lifetime.
    type Data<'gc>: Collect<'gc> + 'gc;
}

/// The trait object that [`Erased`] points to.
trait ErasedData<'gc>: DynCollect<'gc> {
    fn kind(&self) -> TypeId;
}

dyn_collect!(dyn ErasedData<'gc> + 'gc);

#[derive(Collect)]
#[collect(no_drop, bound = "where N: NativeData")]
struct Tagged<'gc, N: NativeData> {
    data: N::Data<'gc>,
}

impl<'gc, N: NativeData> ErasedData<'gc> for Tagged<'gc, N> {
    fn kind(&self) -> TypeId {
        TypeId::of::<N>()
    }
}

/// A pointer to native data of a kind known only when the program runs.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Erased<'gc>(Gc<'gc, dyn ErasedData<'gc> + 'gc>);

impl<'gc> Erased<'gc> {
    /// Moves `data` into the arena.
    pub fn new<N: NativeData>(mc: &Mutation<'gc>, data: N::Data<'gc>) -> Self {
        let tagged: Gc<'gc, Tagged<'gc, N>> = Gc::new(mc, Tagged { data });
        Erased(unsize!(tagged => dyn ErasedData<'gc> + 'gc))
    }

    /// The data, if it is of kind `N`.
    pub fn downcast<N: NativeData>(self) -> Option<&'gc N::Data<'gc>> {
        if Gc::as_ref(self.0).kind() != TypeId::of::<N>() {
            return None;
        }
        let tagged = Gc::as_ptr(self.0) as *const Tagged<'gc, N>;
        // SAFETY: `kind` is implemented for `Tagged<'gc, N>` alone and answers
        // `N`'s id, so the object behind the pointer is a `Tagged<'gc, N>`. `N`
        // is `'static`, so its id fixes `N` without a lifetime of its own, and
        // `'gc` is invariant in the trait object, so it is the arena's. The
        // reference lives for `'gc`, as that of `Gc::as_ref` does.
        Some(unsafe { &(*tagged).data })
    }

    /// The data with its write barrier run, so that locks inside it may adopt
    /// new pointers, if it is of kind `N`.
    pub fn downcast_write<N: NativeData>(
        self,
        mc: &Mutation<'gc>,
    ) -> Option<&'gc gc_arena::barrier::Write<N::Data<'gc>>> {
        let data = self.downcast::<N>()?;
        mc.backward_barrier(Gc::erase(self.0), None);
        // SAFETY: the backward barrier of the allocation that owns `data` was
        // just run, within this mutation.
        Some(unsafe { gc_arena::barrier::Write::assume(data) })
    }

    /// The address of the data: its identity.
    pub fn address(self) -> usize {
        Gc::as_ptr(self.0) as *const () as usize
    }
}
