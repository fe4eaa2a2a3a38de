//! `_hashlib`: message digests, on the RustCrypto crates. The classes have the names of the
//! modules that CPython keeps them in (`_md5`, `_sha2`, ...); `hashlib` is frozen Python.

use std::cell::RefCell;
use std::fmt::Write;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function, method, new};
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use digest::{DynDigest, ExtendableOutput, Update, XofReader};
use gc_arena::Collect;

/// A digest being made.
#[derive(Clone)]
enum State {
    Fixed(Box<dyn DynDigest>),
    Shake128(shake::Shake128),
    Shake256(shake::Shake256),
    Blake2b(Box<blake2b_simd::State>, usize),
    Blake2s(Box<blake2s_simd::State>, usize),
}

impl State {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            State::Fixed(state) => state.update(bytes),
            State::Shake128(state) => state.update(bytes),
            State::Shake256(state) => state.update(bytes),
            State::Blake2b(state, _) => _ = state.update(bytes),
            State::Blake2s(state, _) => _ = state.update(bytes),
        }
    }

    /// The digest of what was given so far; `length` counts for SHAKE alone.
    fn digest(&self, length: usize) -> Vec<u8> {
        match self.clone() {
            State::Fixed(state) => state.finalize().into_vec(),
            State::Shake128(state) => read(state.finalize_xof(), length),
            State::Shake256(state) => read(state.finalize_xof(), length),
            State::Blake2b(state, _) => state.finalize().as_bytes().to_vec(),
            State::Blake2s(state, _) => state.finalize().as_bytes().to_vec(),
        }
    }

    fn size(&self) -> usize {
        match self {
            State::Fixed(state) => state.output_size(),
            State::Shake128(_) | State::Shake256(_) => 0,
            State::Blake2b(_, size) | State::Blake2s(_, size) => *size,
        }
    }
}

fn read(mut reader: impl XofReader, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    reader.read(&mut out);
    out
}

/// An algorithm: its name, the size of its blocks in bytes, its class and its start. BLAKE2
/// starts with its parameters.
struct Algorithm {
    name: &'static str,
    block: usize,
    class: &'static TypeDef,
    start: fn() -> State,
}

fn fixed<D: DynDigest + Default + 'static>() -> State {
    State::Fixed(Box::new(D::default()))
}

/// All but BLAKE2.
static ALGORITHMS: &[Algorithm] = &[
    algorithm("md5", 64, &MD5, fixed::<md5::Md5>),
    algorithm("sha1", 64, &SHA1, fixed::<sha1::Sha1>),
    algorithm("sha224", 64, &SHA224, fixed::<sha2::Sha224>),
    algorithm("sha256", 64, &SHA256, fixed::<sha2::Sha256>),
    algorithm("sha384", 128, &SHA384, fixed::<sha2::Sha384>),
    algorithm("sha512", 128, &SHA512, fixed::<sha2::Sha512>),
    algorithm("sha3_224", 144, &SHA3_224, fixed::<sha3::Sha3_224>),
    algorithm("sha3_256", 136, &SHA3_256, fixed::<sha3::Sha3_256>),
    algorithm("sha3_384", 104, &SHA3_384, fixed::<sha3::Sha3_384>),
    algorithm("sha3_512", 72, &SHA3_512, fixed::<sha3::Sha3_512>),
    algorithm("shake_128", 168, &SHAKE_128, || {
        State::Shake128(shake::Shake128::default())
    }),
    algorithm("shake_256", 136, &SHAKE_256, || {
        State::Shake256(shake::Shake256::default())
    }),
];

const fn algorithm(
    name: &'static str,
    block: usize,
    class: &'static TypeDef,
    start: fn() -> State,
) -> Algorithm {
    Algorithm {
        name,
        block,
        class,
        start,
    }
}

/// The struct behind a hash object.
#[derive(Collect)]
#[collect(require_static)]
pub struct Hash {
    name: &'static str,
    block: usize,
    state: RefCell<State>,
}

impl NativeData for Hash {
    type Data<'gc> = Hash;
}

const UPDATE: NativeDef = method(
    "update($self, obj, /)",
    "Update this hash object's state with the provided string.",
    Plain(|ctx, args| {
        let hash = this(ctx, args[0])?;
        let bytes = contents(ctx, args[1])?;
        hash.state.borrow_mut().update(&bytes);
        Ok(Value::None)
    }),
);
const COPY: NativeDef = method(
    "copy($self, /)",
    "Return a copy of the hash object.",
    Plain(|ctx, args| {
        let hash = this(ctx, args[0])?;
        let copy = Hash {
            name: hash.name,
            block: hash.block,
            state: RefCell::new(hash.state.borrow().clone()),
        };
        Ok(object(ctx, args[0].class(ctx), copy))
    }),
);
const DIGEST_DOC: &str = "Return the digest value as a bytes object.";
const HEX_DOC: &str = "Return the digest value as a string of hexadecimal digits.";

static FIXED_METHODS: &[NativeDef] = &[
    UPDATE,
    COPY,
    method("digest($self, /)", DIGEST_DOC, Plain(digest)),
    method("hexdigest($self, /)", HEX_DOC, Plain(hex_digest)),
];
static SHAKE_METHODS: &[NativeDef] = &[
    UPDATE,
    COPY,
    method("digest($self, /, length)", DIGEST_DOC, Plain(digest)),
    method("hexdigest($self, /, length)", HEX_DOC, Plain(hex_digest)),
];

static GETSETS: &[GetSetDef] = &[
    getter("name", "", |ctx, v| Ok(ctx.str_value(this(ctx, v)?.name))),
    getter("block_size", "", |ctx, v| {
        Ok(Value::from_usize(ctx.mc, this(ctx, v)?.block))
    }),
    getter("digest_size", "", |ctx, v| {
        let size = this(ctx, v)?.state.borrow().size();
        Ok(Value::from_usize(ctx.mc, size))
    }),
];

const fn hash_type(name: &'static str, module: &'static str) -> TypeDef {
    TypeDef {
        name,
        module,
        subclassable: false,
        shared_methods: FIXED_METHODS,
        getsets: GETSETS,
        ..TypeDef::DEFAULT
    }
}

const fn shake_type(name: &'static str) -> TypeDef {
    TypeDef {
        shared_methods: SHAKE_METHODS,
        ..hash_type(name, "_sha3")
    }
}

static MD5: TypeDef = hash_type("md5", "_md5");
static SHA1: TypeDef = hash_type("sha1", "_sha1");
static SHA224: TypeDef = hash_type("SHA224Type", "_sha2");
static SHA256: TypeDef = hash_type("SHA256Type", "_sha2");
static SHA384: TypeDef = hash_type("SHA384Type", "_sha2");
static SHA512: TypeDef = hash_type("SHA512Type", "_sha2");
static SHA3_224: TypeDef = hash_type("sha3_224", "_sha3");
static SHA3_256: TypeDef = hash_type("sha3_256", "_sha3");
static SHA3_384: TypeDef = hash_type("sha3_384", "_sha3");
static SHA3_512: TypeDef = hash_type("sha3_512", "_sha3");
static SHAKE_128: TypeDef = shake_type("shake_128");
static SHAKE_256: TypeDef = shake_type("shake_256");

/// The parameters of BLAKE2: the tree's are for those who hash trees.
const BLAKE2_NEW: &str = "__new__($type, data=b'', /, *, digest_size=0, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)";

/// `_blake2.blake2b`
static BLAKE2B: TypeDef = TypeDef {
    methods: &[new(BLAKE2_NEW, Plain(|ctx, args| blake2(ctx, args, true)))],
    finish: Some(|ctx, class| sizes(ctx, class, [16, 16, 64])),
    ..hash_type("blake2b", "_blake2")
};

/// `_blake2.blake2s`
static BLAKE2S: TypeDef = TypeDef {
    methods: &[new(BLAKE2_NEW, Plain(|ctx, args| blake2(ctx, args, false)))],
    finish: Some(|ctx, class| sizes(ctx, class, [8, 8, 32])),
    ..hash_type("blake2s", "_blake2")
};

/// The module.
pub static HASHLIB: ModuleDef = ModuleDef {
    name: "_hashlib",
    doc: "Message digests.",
    functions: &[function(
        "new(name, data=b'', /)",
        "Return a new hash object of the algorithm of that name, or None where there is none.",
        Plain(make),
    )],
    types: &[&BLAKE2B, &BLAKE2S],
    finish: None,
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Hash, Raised<'gc>> {
    value
        .native::<Hash>()
        .ok_or_else(|| ctx.type_error("descriptor requires a hash object"))
}

fn object<'gc>(ctx: Context<'gc>, class: Type<'gc>, hash: Hash) -> Value<'gc> {
    Value::Object(Object::with_native::<Hash>(ctx, class, hash))
}

/// The bytes to be hashed.
fn contents<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<buffer::Contents<'gc>, Raised<'gc>> {
    if value.as_str().is_some() {
        return Err(ctx.type_error("Strings must be encoded before hashing"));
    }
    buffer::contents(ctx, value)?
        .ok_or_else(|| ctx.type_error("object supporting the buffer API required"))
}

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let name = args[0].as_str().map(|name| name.to_string_lossy());
    let found = ALGORITHMS.iter().find(|a| Some(a.name) == name.as_deref());
    let Some(algorithm) = found else {
        return Ok(Value::None);
    };
    let mut state = (algorithm.start)();
    if let Some(data) = args[1].present() {
        state.update(&contents(ctx, data)?);
    }
    let hash = Hash {
        name: algorithm.name,
        block: algorithm.block,
        state: RefCell::new(state),
    };
    Ok(object(ctx, ctx.type_of_def(algorithm.class), hash))
}

/// `digest`; SHAKE's takes a length.
fn made<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Vec<u8>, Raised<'gc>> {
    let length = match args.get(1) {
        None => 0,
        Some(length) => {
            let length = ctx.index_i64(*length, Exc::OverflowError)?;
            match usize::try_from(length) {
                Ok(length) if length < 1 << 29 => length,
                Ok(_) => return Err(ctx.value_error("length is too large")),
                Err(_) => return Err(ctx.value_error("value must be positive")),
            }
        }
    };
    Ok(this(ctx, args[0])?.state.borrow().digest(length))
}

fn digest<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let digest = made(ctx, args)?;
    Ok(Value::Bytes(ctx.bytes_from_vec(digest)))
}

fn hex_digest<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut text = String::new();
    for byte in made(ctx, args)? {
        _ = write!(text, "{byte:02x}");
    }
    Ok(ctx.str_value(&text))
}

/// Sets the greatest sizes of the salt, the personalisation, and the key and digest.
fn sizes<'gc>(ctx: Context<'gc>, class: Type<'gc>, [salt, person, most]: [i64; 3]) {
    let names = [
        "SALT_SIZE",
        "PERSON_SIZE",
        "MAX_KEY_SIZE",
        "MAX_DIGEST_SIZE",
    ];
    for (name, size) in names.into_iter().zip([salt, person, most, most]) {
        class.dict().set_text(ctx, name, Value::Int(size));
    }
}

/// The numbers that BLAKE2 is given to hash a tree, in their order, with what they may be.
const TREE: [(&str, i64, i64); 6] = [
    ("fanout", 0, 255),
    ("depth", 1, 255),
    ("leaf_size", 0, u32::MAX as i64),
    ("node_offset", 0, i64::MAX),
    ("node_depth", 0, 255),
    ("inner_size", 0, 64),
];

fn blake2<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    is_long: bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let (most, short) = if is_long { (64, 16) } else { (32, 8) };
    let size = match args[2] {
        Value::Absent => most,
        size => ctx.index_i64(size, Exc::OverflowError)?,
    };
    if !(1..=most).contains(&size) {
        let name = if is_long { "Blake2b" } else { "Blake2s" };
        return Err(ctx.value_error(format!(
            "digest_size for {name} must be between 1 and {most} bytes, here it is {size}"
        )));
    }
    let bytes = |value: Value<'gc>, what: &str, most: i64| -> Result<Vec<u8>, Raised<'gc>> {
        let bytes = match value {
            Value::Absent => return Ok(Vec::new()),
            value => buffer::required(ctx, value)?,
        };
        if bytes.len() as u64 > most as u64 {
            return Err(ctx.value_error(format!("maximum {what} length is {most} bytes")));
        }
        Ok(bytes.to_vec())
    };
    let key = bytes(args[3], "key", most)?;
    let salt = bytes(args[4], "salt", short)?;
    let person = bytes(args[5], "person", short)?;
    let mut tree = [1, 1, 0, 0, 0, 0];
    for (index, (name, least, most)) in TREE.into_iter().enumerate() {
        if let Some(value) = args[6 + index].present() {
            let number = ctx.index_i64(value, Exc::OverflowError)?;
            if !(least..=most).contains(&number) {
                let message = format!("{name} must be between {least} and {most}");
                return Err(ctx.value_error(message));
            }
            tree[index] = number;
        }
    }
    let [
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
    ] = tree;
    let last_node = match args[12] {
        Value::Absent => false,
        value => ctx.truth(value)?,
    };
    // The ranges above make the conversions exact.
    let mut state = if is_long {
        let mut params = blake2b_simd::Params::new();
        params
            .hash_length(size as usize)
            .key(&key)
            .salt(&salt)
            .personal(&person)
            .fanout(fanout as u8)
            .max_depth(depth as u8)
            .max_leaf_length(leaf_size as u32)
            .node_offset(node_offset as u64)
            .node_depth(node_depth as u8)
            .inner_hash_length(inner_size as usize)
            .last_node(last_node);
        State::Blake2b(Box::new(params.to_state()), size as usize)
    } else {
        let mut params = blake2s_simd::Params::new();
        params
            .hash_length(size as usize)
            .key(&key)
            .salt(&salt)
            .personal(&person)
            .fanout(fanout as u8)
            .max_depth(depth as u8)
            .max_leaf_length(leaf_size as u32)
            .node_offset((node_offset as u64) & ((1 << 48) - 1))
            .node_depth(node_depth as u8)
            .inner_hash_length((inner_size as usize).min(32))
            .last_node(last_node);
        State::Blake2s(Box::new(params.to_state()), size as usize)
    };
    let data = args[1].present().or(args.get(14).and_then(|v| v.present()));
    if let Some(data) = data {
        state.update(&contents(ctx, data)?);
    }
    let (name, block, class) = if is_long {
        ("blake2b", 128, &BLAKE2B)
    } else {
        ("blake2s", 64, &BLAKE2S)
    };
    let hash = Hash {
        name,
        block,
        state: RefCell::new(state),
    };
    Ok(object(ctx, ctx.type_of_def(class), hash))
}
