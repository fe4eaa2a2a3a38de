//! `_types`: names for the types of the runtime's own objects.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::generic_alias::GENERIC_ALIAS;
use capers_runtime::types::mappingproxy::MAPPINGPROXY;
use capers_runtime::types::module::Module;
use capers_runtime::types::simple_namespace::SIMPLE_NAMESPACE;
use capers_runtime::types::type_alias::TYPE_ALIAS;
use capers_runtime::types::union::UNION;
use capers_runtime::value::Value;

/// Nothing is one: there are no asynchronous generators. Programs name the type all
/// the same.
static ASYNC_GENERATOR: TypeDef = TypeDef {
    name: "async_generator",
    subclassable: false,
    ..TypeDef::DEFAULT
};

/// Nothing is one here either: there is no C.
static CAPSULE: TypeDef = TypeDef {
    name: "PyCapsule",
    subclassable: false,
    ..TypeDef::DEFAULT
};

/// The module.
pub static TYPES: ModuleDef = ModuleDef {
    name: "_types",
    doc: "",
    functions: &[],
    types: &[&SIMPLE_NAMESPACE],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let types = ctx.types();
    let names = [
        ("BuiltinFunctionType", types.builtin_function),
        ("BuiltinMethodType", types.builtin_function),
        ("CellType", types.cell),
        ("ClassMethodDescriptorType", types.classmethod_descriptor),
        ("CodeType", types.code),
        ("CoroutineType", types.coroutine),
        ("AsyncGeneratorType", ctx.type_of_def(&ASYNC_GENERATOR)),
        ("CapsuleType", ctx.type_of_def(&CAPSULE)),
        ("EllipsisType", types.ellipsis),
        ("FrameType", types.frame),
        ("FunctionType", types.function),
        ("GeneratorType", types.generator),
        ("GenericAlias", ctx.type_of_def(&GENERIC_ALIAS)),
        ("GetSetDescriptorType", types.getset_descriptor),
        ("LambdaType", types.function),
        ("MappingProxyType", ctx.type_of_def(&MAPPINGPROXY)),
        ("MemberDescriptorType", types.member_descriptor),
        ("MethodDescriptorType", types.method_descriptor),
        ("MethodType", types.method),
        ("MethodWrapperType", types.method_wrapper),
        ("ModuleType", types.module),
        ("NoneType", types.none_type),
        ("NotImplementedType", types.not_implemented_type),
        ("TracebackType", types.traceback),
        ("TypeAliasType", ctx.type_of_def(&TYPE_ALIAS)),
        ("UnionType", ctx.type_of_def(&UNION)),
        ("WrapperDescriptorType", types.wrapper_descriptor),
    ];
    for (name, class) in names {
        module.dict().set_text(ctx, name, Value::Type(class));
    }
    Ok(())
}
