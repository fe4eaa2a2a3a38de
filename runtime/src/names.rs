//! Names that the runtime itself looks up, interned once for each runtime.

use gc_arena::Collect;

use crate::types::str::Str;

macro_rules! names {
    ($($name:ident)*) => {
        /// The interned names.
        #[allow(missing_docs, non_snake_case)]
        #[derive(Copy, Clone, Collect)]
        #[collect(no_drop)]
        pub struct Names<'gc> { $(pub $name: Str<'gc>,)* }

        impl<'gc> Names<'gc> {
            /// Makes the names with `intern`.
            pub(crate) fn new(mut intern: impl FnMut(&'static str) -> Str<'gc>) -> Self {
                Names { $($name: intern(stringify!($name)),)* }
            }
        }
    };
}

names! {
    __abs__ __abstractmethods__ __add__ __all__ __and__ __annotate__ __annotate_func__
    __annotations__ __annotations_cache__
    __args__ __bases__ __bool__ __build_class__ __builtins__ __bytes__ __call__ __cause__ __ceil__
    __class__ __class_getitem__ __classcell__ __classdict__ __classdictcell__ __closure__ __code__
    __complex__ __contains__ __context__ __copy__ __debug__ __deepcopy__ __del__ __delattr__
    __delete__ __delitem__
    __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__ __exit__ __file__ __firstlineno__ __float__
    __floor__ __floordiv__ __format__ __future__ __ge__ __get__ __getattr__ __getattribute__
    __getinitargs__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__ __gt__
    __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__
    __index__ __init__ __init_subclass__ __instancecheck__ __int__ __invert__ __ior__ __ipow__
    __irshift__ __isabstractmethod__ __isub__ __iter__ __itruediv__ __ixor__ __kwdefaults__ __le__
    __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__
    __missing__ __mod__ __module__ __mro__ __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__
    __newobj__ __newobj_ex__
    __next__ __notes__ __objclass__ __or__ __orig_bases__ __orig_class__ __origin__ __package__
    __parameters__ __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__
    __reduce__ __reduce_ex__ __release_buffer__ __replace__ __repr__ __reversed__ __rfloordiv__
    __rlshift__
    __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__
    __rtruediv__ __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __setstate__
    __sizeof__ __slotnames__ __slots__ __spec__ __static_attributes__ __str__ __sub__
    __subclasscheck__ __subclasshook__ __suppress_context__ __text_signature__ __truediv__ __trunc__
    __typing_subst__ __type_params__ __weakref__ __wrapped__ __xor__ __buffer__
    add args append builtins close copyreg copy decode displayhook encode end excepthook
    exceptions extend fget file flush items
    keys last_exc lineno main modules msg name name_from obj path print print_file_and_line read
    readline sep send
    stderr stdin stdout sys text throw typing update value values write writelines
    big little strict Generic object func fromlist level globals locals mode source filename
}
