//! The frozen Python modules: sources that `import` compiles at first use.
//!
//! Owns the list of names; knows nothing of how a module is loaded. The sources lie under `python/`.

/// A module or package whose source is part of the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrozenModule {
    /// The dotted name that `import` finds it by.
    pub name: &'static str,
    /// Its Python source text.
    pub source: &'static str,
    /// Whether it is a package: it then has a `__path__`, and may have submodules in this table.
    pub is_package: bool,
}

const fn module(name: &'static str, source: &'static str) -> FrozenModule {
    FrozenModule { name, source, is_package: false }
}

const fn package(name: &'static str, source: &'static str) -> FrozenModule {
    FrozenModule { name, source, is_package: true }
}

/// Every frozen module, sorted by name.
pub const FROZEN: &[FrozenModule] = &[
    module("_collections", include_str!("python/_collections.py")),
    module("_collections_abc", include_str!("python/_collections_abc.py")),
    module("_contextlib_async", include_str!("python/_contextlib_async.py")),
    module("_enum_body", include_str!("python/_enum_body.py")),
    module("_functools", include_str!("python/_functools.py")),
    module("_operator", include_str!("python/_operator.py")),
    module("_user_containers", include_str!("python/_user_containers.py")),
    module("_weakrefset", include_str!("python/_weakrefset.py")),
    module("abc", include_str!("python/abc.py")),
    package("collections", include_str!("python/collections/__init__.py")),
    module("contextlib", include_str!("python/contextlib.py")),
    module("dataclasses", include_str!("python/dataclasses.py")),
    module("enum", include_str!("python/enum.py")),
    module("functools", include_str!("python/functools.py")),
    module("keyword", include_str!("python/keyword.py")),
    module("operator", include_str!("python/operator.py")),
    module("reprlib", include_str!("python/reprlib.py")),
    module("types", include_str!("python/types.py")),
    module("weakref", include_str!("python/weakref.py")),
];

/// The frozen module of that name.
pub fn find(name: &str) -> Option<&'static FrozenModule> {
    FROZEN.binary_search_by(|module| module.name.cmp(name)).ok().and_then(|index| FROZEN.get(index))
}
