//! What is its own copy, and the tables of the module that say so to a program:
//! `_atomic_types`, `_deepcopy_dispatch` and their kin. A program may change
//! them; while it has not, nothing is looked up in them.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::copyreg;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::module::Module;
use capers_runtime::types::property::PROPERTY;
use capers_runtime::types::set::Set;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use gc_arena::Collect;

use crate::weakref::REFERENCE;

/// Whether `deepcopy` gives the value itself back without asking anybody: it is
/// of one of the exact types in `_atomic_types`.
#[inline]
pub fn is_deep_atom<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    match value {
        Value::Absent
        | Value::None
        | Value::Ellipsis
        | Value::NotImplemented
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::ReadFloat(_)
        | Value::BigInt(_)
        | Value::Complex(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Range(_)
        | Value::Function(_)
        | Value::Code(_) => true,
        Value::List(_) | Value::Dict(_) | Value::Tuple(_) => false,
        other => is_rare_atom(ctx, other),
    }
}

fn is_rare_atom<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let types = ctx.types();
    match value {
        Value::Native(_) | Value::NativeMethod(_) => value.class(ctx) == types.builtin_function,
        Value::Type(class) => class.metaclass(ctx) == types.type_,
        Value::Object(object) => object
            .class()
            .def()
            .is_some_and(|def| std::ptr::eq(def, &PROPERTY) || std::ptr::eq(def, &REFERENCE)),
        _ => false,
    }
}

/// Whether `copy` gives the value itself back without asking anybody: it is of
/// one of the exact types in `_copy_atomic_types`.
pub fn is_shallow_atom<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    match value {
        Value::Tuple(_) | Value::FrozenSet(_) | Value::Slice(_) => true,
        Value::Object(object) if object.class() == ctx.types().super_ => true,
        other => is_deep_atom(ctx, other),
    }
}

/// The tables of one runtime.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Tables<'gc> {
    /// `_deepcopy_dispatch`
    pub dispatch: Dict<'gc>,
    /// What this module has put there, in order.
    functions: Vec<Value<'gc>>,
    /// `_atomic_types`
    pub deep_atoms: Set<'gc>,
    /// `_copy_atomic_types`
    pub shallow_atoms: Set<'gc>,
    /// The sizes of the two at first.
    sizes: [usize; 2],
    /// copyreg's
    pub reducers: Dict<'gc>,
    /// The generation of `reducers` while it holds what it begins with; 0 where
    /// more was in it already.
    first_generation: u64,
}

/// The object that holds the tables, for those who keep them.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct TablesObject<'gc>(Value<'gc>);

impl<'gc> TablesObject<'gc> {
    /// That of this runtime.
    pub fn of(ctx: Context<'gc>) -> Self {
        let found = ctx.registry().get_text(ctx, NAME);
        TablesObject(found.unwrap_or(Value::None))
    }

    /// The tables; none before the module was made.
    #[inline]
    pub fn get(self) -> Option<&'gc Tables<'gc>> {
        self.0.native::<Tables<'static>>()
    }
}

impl NativeData for Tables<'static> {
    type Data<'gc> = Tables<'gc>;
}

const NAME: &str = "copy: tables";

/// The functions that `_deepcopy_dispatch` begins with, by class.
fn dispatched<'gc>(ctx: Context<'gc>) -> [(Type<'gc>, &'static str); 4] {
    let types = ctx.types();
    [
        (types.list, "_deepcopy_list"),
        (types.tuple, "_deepcopy_tuple"),
        (types.dict, "_deepcopy_dict"),
        (types.method, "_deepcopy_method"),
    ]
}

impl<'gc> Tables<'gc> {
    /// The tables of this runtime; none before the module was made.
    #[inline]
    pub fn of(ctx: Context<'gc>) -> Option<&'gc Tables<'gc>> {
        TablesObject::of(ctx).get()
    }

    /// Makes the tables and shows them in the module.
    pub fn install(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
        let types = ctx.types();
        let common = [
            types.none_type,
            types.int,
            types.float,
            types.bool,
            types.complex,
            types.bytes,
            types.str,
            types.code,
            types.type_,
            types.range,
            types.builtin_function,
            types.ellipsis,
            types.not_implemented_type,
            types.function,
            types.property,
            ctx.type_of_def(&REFERENCE),
        ];
        let (deep_atoms, shallow_atoms) = (Set::new(ctx), Set::new(ctx));
        for class in common {
            deep_atoms.add(ctx, Value::Type(class))?;
            shallow_atoms.add(ctx, Value::Type(class))?;
        }
        for class in [types.tuple, types.frozenset, types.slice, types.super_] {
            shallow_atoms.add(ctx, Value::Type(class))?;
        }
        let containers = Set::new(ctx);
        for class in [types.list, types.dict, types.set, types.bytearray] {
            containers.add(ctx, Value::Type(class))?;
        }
        let dispatch = Dict::new(ctx);
        let mut functions = Vec::new();
        for (class, name) in dispatched(ctx) {
            let function = module.dict().get_text(ctx, name).unwrap_or(Value::None);
            dispatch.set(ctx, Value::Type(class), function)?;
            functions.push(function);
        }
        let reducers = copyreg::dispatch_table(ctx);
        let shown = [
            ("_deepcopy_dispatch", Value::Dict(dispatch)),
            ("_atomic_types", Value::Set(deep_atoms)),
            ("_copy_atomic_types", Value::Set(shallow_atoms)),
            ("_copy_builtin_containers", Value::Set(containers)),
            ("dispatch_table", Value::Dict(reducers)),
        ];
        for (name, table) in shown {
            module.dict().set_text(ctx, name, table);
        }
        let tables = Tables {
            dispatch,
            functions,
            deep_atoms,
            shallow_atoms,
            sizes: [deep_atoms.len(), shallow_atoms.len()],
            reducers,
            first_generation: match reducers.borrow().len() {
                copyreg::INITIAL_REDUCERS => reducers.borrow().generation(),
                _ => 0,
            },
        };
        let kept = Object::with_native::<Tables<'static>>(ctx, types.object, tables);
        ctx.registry().set_text(ctx, NAME, Value::Object(kept));
        Ok(())
    }

    /// Whether the module's own tables are as they were made.
    #[inline]
    pub fn are_untouched(&self) -> bool {
        let dispatch = self.dispatch.borrow();
        dispatch.len() == self.functions.len()
            && dispatch
                .iter()
                .zip(&self.functions)
                .all(|(entry, function)| entry.value.is(*function))
            && [self.deep_atoms.len(), self.shallow_atoms.len()] == self.sizes
    }

    /// Whether the dispatch table has no entries but those that it begins with,
    /// none of which is for a container or a class of a program.
    #[inline]
    pub fn reducers_are_few(&self) -> bool {
        self.reducers.borrow().generation() == self.first_generation
    }

    /// Whether the program has put a function of its own into
    /// `_deepcopy_dispatch` for the class.
    pub fn own_function(
        &self,
        ctx: Context<'gc>,
        class: Type<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let found = self.dispatch.get(ctx, Value::Type(class))?;
        Ok(found.filter(|f| !f.is_none() && !self.functions.iter().any(|own| own.is(*f))))
    }
}
