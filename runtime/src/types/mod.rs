//! The built-in types, one file each: the struct behind the values, the
//! declaration, the methods. `Types` lists them all.

use gc_arena::Collect;

use crate::context::Context;
use type_::Type;

pub mod bytearray;
pub mod bytes;
pub mod bytes_methods;
mod bytes_table;
pub mod cell;
pub mod class_creation;
pub mod class_layout;
pub mod class_statement;
pub mod code;
pub mod code_compare;
pub mod code_parts;
pub mod code_replace;
pub mod codecs;
pub mod coroutine;
pub mod def;
pub mod descriptors;
pub mod dict;
pub mod dict_methods;
pub mod dict_update;
pub mod dict_views;
pub mod exceptions;
pub mod frame;
pub mod frame_locals;
pub mod function;
pub mod function_methods;
pub mod generator;
pub mod generator_methods;
pub mod generic_alias;
pub mod iteration_tools;
pub mod iterator;
pub mod iterator_methods;
pub mod list;
mod list_merge;
pub mod list_sort;
pub mod mappingproxy;
pub mod memoryview;
mod memoryview_items;
pub mod method_wrappers;
pub mod module;
pub mod mro;
pub mod native_function;
pub mod native_function_methods;
pub mod numbers;
pub mod object_type;
mod percent;
pub mod property;
pub mod range;
pub mod set;
pub mod set_methods;
pub mod set_operations;
pub mod simple_namespace;
pub mod singletons;
pub mod slice;
mod slots;
pub mod str;
pub(crate) mod str_format;
mod str_methods;
mod str_slots;
mod str_translate;
pub mod super_type;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod type_alias;
pub mod type_attributes;
pub mod type_methods;
pub mod union;

macro_rules! types {
    ($($field:ident: $def:path;)*) => {
        /// The built-in types of a runtime.
        #[allow(missing_docs)]
        #[derive(Collect)]
        #[collect(no_drop)]
        pub struct Types<'gc> { $(pub $field: Type<'gc>,)* }

        impl<'gc> Types<'gc> {
            /// Makes the types, each after its base. Their dicts are still empty.
            pub(crate) fn create(ctx: Context<'gc>) -> Self {
                $(
                    let def = &$def;
                    let base = match def.base {
                        Some(base) => Some(ctx.type_of_def(base)),
                        None if std::ptr::eq(def, &object_type::OBJECT) => None,
                        None => Some(ctx.type_of_def(&object_type::OBJECT)),
                    };
                    let $field = Type::from_def(ctx, def, base);
                    ctx.register_type(def, $field);
                )*
                Types { $($field,)* }
            }

            /// The types that are names of the module `builtins`.
            pub fn named(&self) -> impl Iterator<Item = Type<'gc>> {
                const NAMED: &[&str] = &[
                    "bool", "bytearray", "bytes", "classmethod", "complex", "dict", "enumerate",
                    "filter", "float", "frozenset", "int", "list", "map", "memoryview", "object",
                    "property", "range", "reversed", "set", "slice", "staticmethod", "str", "super",
                    "tuple", "type", "zip",
                ];
                let all = [$(self.$field,)*];
                all.into_iter().filter(|class| NAMED.contains(&&*class.name_text()))
            }

            /// Fills the types' dicts.
            pub(crate) fn populate(&self, ctx: Context<'gc>) {
                $(self.$field.populate(ctx);)*
            }
        }
    };
}

// A base stands before the types derived from it.
types! {
    object: object_type::OBJECT;
    type_: type_::TYPE;
    none_type: singletons::NONE_TYPE;
    ellipsis: singletons::ELLIPSIS;
    not_implemented_type: singletons::NOT_IMPLEMENTED_TYPE;
    int: numbers::int::INT;
    bool: numbers::bool::BOOL;
    float: numbers::float::FLOAT;
    complex: numbers::complex::COMPLEX;
    str: str::STR;
    bytes: bytes::BYTES;
    bytearray: bytearray::BYTEARRAY;
    memoryview: memoryview::MEMORYVIEW;
    list: list::LIST;
    tuple: tuple::TUPLE;
    dict: dict_methods::DICT;
    dict_keys: dict_views::DICT_KEYS;
    dict_values: dict_views::DICT_VALUES;
    dict_items: dict_views::DICT_ITEMS;
    set: set_methods::SET;
    frozenset: set_methods::FROZENSET;
    range: range::RANGE;
    slice: slice::SLICE;
    function: function_methods::FUNCTION;
    method: function_methods::METHOD;
    builtin_function: native_function_methods::BUILTIN_FUNCTION;
    method_descriptor: native_function_methods::METHOD_DESCRIPTOR;
    wrapper_descriptor: native_function_methods::WRAPPER_DESCRIPTOR;
    classmethod_descriptor: native_function_methods::CLASSMETHOD_DESCRIPTOR;
    method_wrapper: native_function_methods::METHOD_WRAPPER;
    getset_descriptor: descriptors::GETSET_DESCRIPTOR;
    member_descriptor: descriptors::MEMBER_DESCRIPTOR;
    property: property::PROPERTY;
    classmethod: method_wrappers::CLASSMETHOD;
    staticmethod: method_wrappers::STATICMETHOD;
    enumerate: iteration_tools::ENUMERATE;
    zip: iteration_tools::ZIP;
    map: iteration_tools::MAP;
    filter: iteration_tools::FILTER;
    reversed: iteration_tools::REVERSED;
    module: module::MODULE;
    cell: cell::CELL;
    code: code::CODE;
    generator: generator_methods::GENERATOR;
    coroutine: coroutine::COROUTINE;
    frame: frame::FRAME;
    traceback: traceback::TRACEBACK;
    mappingproxy: mappingproxy::MAPPINGPROXY;
    super_: super_type::SUPER;
}
