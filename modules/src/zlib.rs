//! `zlib`: compression with deflate, on flate2 over zlib-rs, and two checksums.

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{function, method};
use capers_runtime::object::Object;
use capers_runtime::protocol::{buffer, slicing};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, member};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use gc_arena::Collect;

use crate::binascii::low_bits;
use crate::exception_class::ExceptionDef;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

static ERROR: ExceptionDef = ExceptionDef {
    module: "zlib",
    name: "error",
    base: Exc::Exception,
};

/// How much output is made room for at once.
const STEP: usize = 16 * 1024;

/// The module.
pub static ZLIB: ModuleDef = ModuleDef {
    name: "zlib",
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.",
    functions: &[
        function(
            "adler32(data, value=1, /)",
            "Compute an Adler-32 checksum of data.",
            Plain(adler32),
        ),
        function(
            "crc32(data, value=0, /)",
            "Compute a CRC-32 checksum of data.",
            Plain(|ctx, args| {
                let start = low_bits(ctx, args[1], 0)?;
                let mut hasher = crc32fast::Hasher::new_with_initial(start);
                hasher.update(&buffer::required(ctx, args[0])?);
                Ok(Value::Int(hasher.finalize().into()))
            }),
        ),
        function(
            "compress(data, /, level=-1, wbits=15)",
            "Returns a bytes object containing compressed data.",
            Plain(compress),
        ),
        function(
            "decompress(data, /, wbits=15, bufsize=16384)",
            "Returns a bytes object containing the uncompressed data.",
            Plain(decompress),
        ),
        function(
            "compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>)",
            "Return a compressor object.",
            Plain(compressobj),
        ),
        function(
            "decompressobj(wbits=15, zdict=b'')",
            "Return a decompressor object.",
            Plain(decompressobj),
        ),
    ],
    types: &[],
    finish: Some(|ctx, module| {
        let dict = module.dict();
        dict.set_text(ctx, "error", ERROR.class(ctx)?);
        for (name, value) in [
            ("MAX_WBITS", 15),
            ("DEFLATED", 8),
            ("DEF_MEM_LEVEL", 8),
            ("Z_BEST_SPEED", 1),
            ("Z_BEST_COMPRESSION", 9),
            ("Z_DEFAULT_COMPRESSION", -1),
            ("Z_DEFAULT_STRATEGY", 0),
            ("Z_FILTERED", 1),
            ("Z_HUFFMAN_ONLY", 2),
            ("Z_RLE", 3),
            ("Z_FIXED", 4),
            ("Z_NO_COMPRESSION", 0),
            ("Z_NO_FLUSH", 0),
            ("Z_PARTIAL_FLUSH", 1),
            ("Z_SYNC_FLUSH", 2),
            ("Z_FULL_FLUSH", 3),
            ("Z_FINISH", 4),
            ("Z_BLOCK", 5),
            ("Z_TREES", 6),
            ("DEF_BUF_SIZE", STEP as i64),
        ] {
            dict.set_text(ctx, name, Value::Int(value));
        }
        for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
            dict.set_text(ctx, name, ctx.str_value("1.3.1"));
        }
        Ok(())
    }),
};

fn number<'gc>(ctx: Context<'gc>, value: Value<'gc>, default: i64) -> Result<i64, Raised<'gc>> {
    match value {
        Value::Absent => Ok(default),
        value => slicing::size_argument(ctx, value),
    }
}

fn adler32<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let start = low_bits(ctx, args[1], 1)?;
    let (mut a, mut b) = (start & 0xFFFF, start >> 16);
    // Sums of so many bytes fit 32 bits.
    for chunk in buffer::required(ctx, args[0])?.chunks(5552) {
        for byte in chunk {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    Ok(Value::Int((b << 16 | a).into()))
}

/// A compressor for what `wbits` asks: negative for a raw stream, past 15 for gzip.
fn compressor<'gc>(ctx: Context<'gc>, level: i64, wbits: i64) -> Result<Compress, Raised<'gc>> {
    let level = match level {
        -1 => Compression::default(),
        0..=9 => Compression::new(level as u32),
        _ => return Err(ERROR.error(ctx, "Bad compression level")),
    };
    Ok(match wbits {
        8..=15 => Compress::new_with_window_bits(level, true, wbits.max(9) as u8),
        -15..=-8 => Compress::new_with_window_bits(level, false, (-wbits).max(9) as u8),
        24..=31 => Compress::new_gzip(level, (wbits - 16).max(9) as u8),
        _ => return Err(ctx.value_error("Invalid initialization option")),
    })
}

/// A decompressor; from 32 on the first bytes tell whether it is gzip.
fn decompressor<'gc>(
    ctx: Context<'gc>,
    wbits: i64,
    data: &[u8],
) -> Result<Decompress, Raised<'gc>> {
    let wbits = match wbits {
        0 => 15,
        40..=47 if data.first() == Some(&0x1F) => wbits - 16,
        40..=47 => wbits - 32,
        other => other,
    };
    Ok(match wbits {
        8..=15 => Decompress::new_with_window_bits(true, wbits.max(9) as u8),
        -15..=-8 => Decompress::new_with_window_bits(false, (-wbits).max(9) as u8),
        24..=31 => Decompress::new_gzip((wbits - 16).max(9) as u8),
        _ => return Err(ctx.value_error("Invalid initialization option")),
    })
}

fn pack(state: &mut Compress, data: &[u8], flush: FlushCompress) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = data;
    loop {
        out.reserve(STEP);
        let before = (state.total_in(), state.total_out());
        let status = state.compress_vec(rest, &mut out, flush).ok()?;
        rest = rest.get((state.total_in() - before.0) as usize..)?;
        let full = out.len() == out.capacity();
        let done = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            _ => rest.is_empty() && !full,
        };
        let stuck = before == (state.total_in(), state.total_out());
        if done || stuck {
            return Some(out);
        }
    }
}

/// What came of decompressing: the output, how much input was used, whether the
/// stream ended.
struct Unpacked {
    out: Vec<u8>,
    used: usize,
    ended: bool,
}

fn unpack<'gc>(
    ctx: Context<'gc>,
    state: &mut Decompress,
    data: &[u8],
    most: usize,
    dictionary: &[u8],
) -> Result<Unpacked, Raised<'gc>> {
    let mut out = Vec::new();
    let mut used = 0;
    let mut asked = false;
    loop {
        let room = STEP.min(most - out.len());
        let rest = data.get(used..).unwrap_or_default();
        let before = (state.total_in(), state.total_out());
        let start = out.len();
        out.resize(start + room, 0);
        let result = state.decompress(rest, &mut out[start..], FlushDecompress::Sync);
        let moved = (
            (state.total_in() - before.0) as usize,
            (state.total_out() - before.1) as usize,
        );
        out.truncate(start + moved.1);
        used += moved.0;
        match result {
            Ok(Status::StreamEnd) => {
                return Ok(Unpacked {
                    out,
                    used,
                    ended: true,
                });
            }
            Ok(_) if moved == (0, 0) || out.len() == most => {
                return Ok(Unpacked {
                    out,
                    used,
                    ended: false,
                });
            }
            Ok(_) => {}
            Err(error)
                if error.needs_dictionary().is_some() && !asked && !dictionary.is_empty() =>
            {
                asked = true;
                if state.set_dictionary(dictionary).is_err() {
                    return Err(
                        ERROR.error(ctx, "Error -3 while setting zdict: incorrect dictionary")
                    );
                }
            }
            Err(error) if error.needs_dictionary().is_some() => {
                return Err(ERROR.error(ctx, "Error 2 while decompressing data"));
            }
            Err(error) => {
                let reason = error.message().unwrap_or("invalid input data");
                let message = format!("Error -3 while decompressing data: {reason}");
                return Err(ERROR.error(ctx, message));
            }
        }
    }
}

fn bytes_of<'gc>(ctx: Context<'gc>, bytes: Vec<u8>) -> Value<'gc> {
    Value::Bytes(ctx.bytes_from_vec(bytes))
}

fn broken<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ERROR.error(
        ctx,
        "Error -2 while compressing data: inconsistent stream state",
    )
}

fn compress<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (level, wbits) = (number(ctx, args[1], -1)?, number(ctx, args[2], 15)?);
    let mut state = compressor(ctx, level, wbits)?;
    let data = buffer::required(ctx, args[0])?;
    let packed = pack(&mut state, &data, FlushCompress::Finish);
    drop(data);
    Ok(bytes_of(ctx, packed.ok_or_else(|| broken(ctx))?))
}

fn decompress<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let wbits = number(ctx, args[1], 15)?;
    if number(ctx, args[2], 1)? < 0 {
        return Err(ctx.value_error("bufsize must be non-negative"));
    }
    let data = buffer::required(ctx, args[0])?;
    let mut state = decompressor(ctx, wbits, &data)?;
    let unpacked = unpack(ctx, &mut state, &data, usize::MAX, &[])?;
    if !unpacked.ended {
        let message = "Error -5 while decompressing data: incomplete or truncated stream";
        return Err(ERROR.error(ctx, message));
    }
    Ok(bytes_of(ctx, unpacked.out))
}

/// The struct behind a compressor object; none once it has finished.
#[derive(Collect)]
#[collect(require_static)]
pub struct Compressor(RefCell<Option<Compress>>);

impl NativeData for Compressor {
    type Data<'gc> = Compressor;
}

static COMPRESS: TypeDef = TypeDef {
    name: "Compress",
    module: "zlib",
    subclassable: false,
    methods: &[
        method(
            "compress($self, data, /)",
            "Returns a bytes object containing compressed data.",
            Plain(|ctx, args| {
                let data = buffer::required(ctx, args[1])?;
                run_compressor(ctx, args[0], &data, FlushCompress::None)
            }),
        ),
        method(
            "flush($self, mode=4, /)",
            "Return a bytes object containing any remaining compressed data.",
            Plain(|ctx, args| {
                let mode = match number(ctx, args[1], 4)? {
                    0 => return Ok(bytes_of(ctx, Vec::new())),
                    1 => FlushCompress::Partial,
                    2 => FlushCompress::Sync,
                    3 => FlushCompress::Full,
                    _ => FlushCompress::Finish,
                };
                run_compressor(ctx, args[0], &[], mode)
            }),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn run_compressor<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    data: &[u8],
    flush: FlushCompress,
) -> Answer<'gc> {
    let Some(compressor) = value.native::<Compressor>() else {
        return Err(ctx.type_error("a compressor is required"));
    };
    let mut state = compressor.0.borrow_mut();
    let packed = state
        .as_mut()
        .and_then(|state| pack(state, data, flush))
        .ok_or_else(|| broken(ctx))?;
    if let FlushCompress::Finish = flush {
        *state = None;
    }
    Ok(bytes_of(ctx, packed))
}

fn compressobj<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (level, wbits) = (number(ctx, args[0], -1)?, number(ctx, args[2], 15)?);
    let mut state = compressor(ctx, level, wbits)?;
    if let Some(dictionary) = args[5].present().filter(|d| !d.is_none()) {
        let dictionary = buffer::required(ctx, dictionary)?;
        if state.set_dictionary(&dictionary).is_err() {
            return Err(ctx.value_error("Invalid dictionary"));
        }
    }
    let data = Compressor(RefCell::new(Some(state)));
    let class = ctx.type_of_def(&COMPRESS);
    Ok(Value::Object(Object::with_native::<Compressor>(
        ctx, class, data,
    )))
}

struct Unpacking {
    wbits: i64,
    state: Option<Decompress>,
    dictionary: Vec<u8>,
    unused: Vec<u8>,
    unconsumed: Vec<u8>,
    ended: bool,
}

/// The struct behind a decompressor object.
#[derive(Collect)]
#[collect(require_static)]
pub struct Decompressor(RefCell<Unpacking>);

impl NativeData for Decompressor {
    type Data<'gc> = Decompressor;
}

static DECOMPRESS: TypeDef = TypeDef {
    name: "Decompress",
    module: "zlib",
    subclassable: false,
    methods: &[
        method(
            "decompress($self, data, /, max_length=0)",
            "Return a bytes object containing the decompressed version of the data.",
            Plain(|ctx, args| {
                let most = number(ctx, args[2], 0)?;
                let Ok(most) = usize::try_from(most) else {
                    return Err(ctx.value_error("max_length must be non-negative"));
                };
                let data = buffer::required(ctx, args[1])?.to_vec();
                run_decompressor(ctx, args[0], &data, most)
            }),
        ),
        method(
            "flush($self, length=16384, /)",
            "Return a bytes object containing any remaining decompressed data.",
            Plain(|ctx, args| {
                if number(ctx, args[1], 1)? <= 0 {
                    return Err(ctx.value_error("length must be greater than zero"));
                }
                let rest = this(ctx, args[0])?.0.borrow().unconsumed.clone();
                run_decompressor(ctx, args[0], &rest, 0)
            }),
        ),
    ],
    getsets: &[
        member("unused_data", "", |ctx, value| {
            Ok(bytes_of(ctx, this(ctx, value)?.0.borrow().unused.clone()))
        }),
        member("unconsumed_tail", "", |ctx, value| {
            Ok(bytes_of(
                ctx,
                this(ctx, value)?.0.borrow().unconsumed.clone(),
            ))
        }),
        member("eof", "", |ctx, value| {
            Ok(Value::bool(this(ctx, value)?.0.borrow().ended))
        }),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Decompressor, Raised<'gc>> {
    value
        .native::<Decompressor>()
        .ok_or_else(|| ctx.type_error("a decompressor is required"))
}

fn run_decompressor<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    data: &[u8],
    most: usize,
) -> Answer<'gc> {
    let mut work = this(ctx, value)?.0.borrow_mut();
    if work.ended {
        work.unused.extend_from_slice(data);
        return Ok(bytes_of(ctx, Vec::new()));
    }
    if work.state.is_none() {
        if data.is_empty() {
            return Ok(bytes_of(ctx, Vec::new()));
        }
        work.state = Some(decompressor(ctx, work.wbits, data)?);
    }
    let most = if most == 0 { usize::MAX } else { most };
    let dictionary = work.dictionary.clone();
    let Some(state) = work.state.as_mut() else {
        return Ok(bytes_of(ctx, Vec::new()));
    };
    let unpacked = unpack(ctx, state, data, most, &dictionary)?;
    let rest = data.get(unpacked.used..).unwrap_or_default().to_vec();
    work.ended = unpacked.ended;
    match unpacked.ended {
        true => {
            work.unused.extend_from_slice(&rest);
            work.unconsumed = Vec::new();
        }
        false => work.unconsumed = rest,
    }
    Ok(bytes_of(ctx, unpacked.out))
}

fn decompressobj<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let wbits = number(ctx, args[0], 15)?;
    // Refuses a wrong number now, though the stream's start decides the rest.
    decompressor(ctx, wbits, &[])?;
    let dictionary = match args[1] {
        Value::Absent => Vec::new(),
        value => buffer::required(ctx, value)?.to_vec(),
    };
    let data = Decompressor(RefCell::new(Unpacking {
        wbits,
        state: None,
        dictionary,
        unused: Vec::new(),
        unconsumed: Vec::new(),
        ended: false,
    }));
    let class = ctx.type_of_def(&DECOMPRESS);
    Ok(Value::Object(Object::with_native::<Decompressor>(
        ctx, class, data,
    )))
}
