//! Shapes (hidden classes): the order of attribute names that instances of one
//! class share. A shape is a node of a tree; adding a name steps to a child.

use std::collections::HashMap;

use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::str::Str;

/// An instance with more attributes than this keeps them in a dict.
const MOST_ATTRIBUTES: usize = 64;
/// An instance whose shape is followed by more than this many others keeps further attributes
/// in a dict: its class is used with names made up as the program runs, which must not all be kept.
const MOST_CHILDREN: usize = 128;
/// Shapes up to this size are searched one name after the other.
const LINEAR_SEARCH: usize = 8;

/// The struct behind a [`Shape`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct ShapeData<'gc> {
    first_index: usize,
    names: Vec<Str<'gc>>,
    /// Whether a name begins with two underscores.
    has_special: bool,
    /// From a name's address to its place in `names`; empty for small shapes.
    places: HashMap<usize, usize>,
    parent: Option<Shape<'gc>>,
    children: RefLock<Vec<(Str<'gc>, Shape<'gc>)>>,
}

/// The attribute names of an instance, in order. Names are interned, so they
/// are compared by address.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Shape<'gc>(Gc<'gc, ShapeData<'gc>>);

impl<'gc> Shape<'gc> {
    /// The shape without names, whose attributes start at `first_index` of an
    /// instance's values (before it lie the `__slots__`).
    pub fn root(ctx: Context<'gc>, first_index: usize) -> Self {
        Shape(Gc::new(
            ctx.mc,
            ShapeData {
                first_index,
                names: Vec::new(),
                has_special: false,
                places: HashMap::new(),
                parent: None,
                children: RefLock::default(),
            },
        ))
    }

    /// The address that inline caches compare.
    #[inline]
    pub fn address(self) -> usize {
        Gc::as_ptr(self.0) as usize
    }

    /// Where an instance's values for this shape begin.
    #[inline]
    pub fn first_index(self) -> usize {
        self.0.first_index
    }

    /// The number of values of an instance of this shape.
    #[inline]
    pub fn len(self) -> usize {
        self.0.first_index + self.0.names.len()
    }

    /// Whether there are neither names nor slots.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether a further name should go to a dict.
    pub fn is_full(self) -> bool {
        self.0.names.len() >= MOST_ATTRIBUTES || self.0.children.borrow().len() >= MOST_CHILDREN
    }

    /// The names, in order.
    pub fn names(self) -> Vec<Str<'gc>> {
        self.0.names.clone()
    }

    /// The name at a place in that order.
    #[inline]
    pub fn name_at(self, place: usize) -> Option<Str<'gc>> {
        Gc::as_ref(self.0).names.get(place).copied()
    }

    /// Whether a name begins with two underscores, as those of hooks do.
    #[inline]
    pub fn has_special(self) -> bool {
        self.0.has_special
    }

    /// The shape before the last name was added.
    pub fn parent(self) -> Option<Shape<'gc>> {
        self.0.parent
    }

    /// Where the value of `name` lies. A name that is not interned is looked
    /// for by its text.
    #[inline]
    pub fn index_of(self, name: Str<'gc>) -> Option<usize> {
        let data = Gc::as_ref(self.0);
        let place = if !name.is_interned() {
            data.names.iter().position(|n| n.bytes() == name.bytes())
        } else if data.names.len() <= LINEAR_SEARCH {
            data.names.iter().position(|n| n.same(name))
        } else {
            data.places.get(&name.address()).copied()
        };
        Some(data.first_index + place?)
    }

    /// The shape with `name` (interned) added.
    pub fn with(self, ctx: Context<'gc>, name: Str<'gc>) -> Shape<'gc> {
        let number = self.child_number(ctx, name);
        Gc::as_ref(self.0).children.borrow()[number].1
    }

    /// The shape that `child_number` gave this number.
    #[inline]
    pub fn child(self, number: usize) -> Option<Shape<'gc>> {
        let children = Gc::as_ref(self.0).children.borrow();
        children.get(number).map(|c| c.1)
    }

    /// The number, for `child`, of the shape with `name` (interned) added.
    pub fn child_number(self, ctx: Context<'gc>, name: Str<'gc>) -> usize {
        let data = Gc::as_ref(self.0);
        let known = data.children.borrow().iter().position(|c| c.0.same(name));
        if let Some(number) = known {
            return number;
        }
        let mut names = data.names.clone();
        names.push(name);
        let has_special = data.has_special || name.bytes().starts_with(b"__");
        let places = if names.len() > LINEAR_SEARCH {
            names
                .iter()
                .enumerate()
                .map(|(place, name)| (name.address(), place))
                .collect()
        } else {
            HashMap::new()
        };
        let child = Shape(Gc::new(
            ctx.mc,
            ShapeData {
                first_index: data.first_index,
                names,
                has_special,
                places,
                parent: Some(self),
                children: RefLock::default(),
            },
        ));
        let mut children = unlock!(Gc::write(ctx.mc, self.0), ShapeData, children).borrow_mut();
        children.push((name, child));
        children.len() - 1
    }
}
