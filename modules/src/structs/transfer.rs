//! Between a layout and the buffers of programs: the checks of sizes and
//! offsets, shared by the module's functions and `Struct`'s methods.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer;
use capers_runtime::protocol::slicing::size_argument;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

use super::format::Layout;
use super::{Answer, ERROR, pack, unpack};

/// `pack`
pub fn pack_values<'gc>(ctx: Context<'gc>, layout: &Layout, values: &[Value<'gc>]) -> Answer<'gc> {
    check_count(ctx, "pack", layout, values.len())?;
    let bytes = pack::pack(ctx, layout, values)?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn check_count<'gc>(
    ctx: Context<'gc>,
    name: &str,
    layout: &Layout,
    given: usize,
) -> Result<(), Raised<'gc>> {
    if given == layout.values {
        return Ok(());
    }
    let wanted = layout.values;
    Err(ERROR.error(
        ctx,
        format!("{name} expected {wanted} items for packing (got {given})"),
    ))
}

/// `pack_into`: a buffer, an offset, then the values.
pub fn pack_into<'gc>(ctx: Context<'gc>, layout: &Layout, args: &[Value<'gc>]) -> Answer<'gc> {
    let (target, offset, values) = match args {
        [target, offset, values @ ..] => (*target, *offset, values),
        [] => return Err(ERROR.error(ctx, "pack_into expected buffer argument")),
        _ => return Err(ERROR.error(ctx, "pack_into expected offset argument")),
    };
    check_count(ctx, "pack_into", layout, values.len())?;
    let buffer = buffer::acquire(ctx, target)?.filter(|b| !b.layout.readonly);
    let Some(buffer) = buffer.filter(|b| b.layout.is_c_contiguous()) else {
        return Err(ctx.type_error(format!(
            "argument must be read-write bytes-like object, not {}",
            ctx.type_name(target)
        )));
    };
    let offset = size_argument(ctx, offset)?;
    let start = place(ctx, layout, buffer.layout.size(), offset, true)?;
    let bytes = pack::pack(ctx, layout, values)?;
    if !bytes.is_empty() && !buffer.memory.write(buffer.layout.offset + start, &bytes) {
        return Err(ctx.runtime_error("the buffer changed while values were packed"));
    }
    Ok(Value::None)
}

/// `unpack_from`
pub fn unpack_from<'gc>(
    ctx: Context<'gc>,
    layout: &Layout,
    source: Value<'gc>,
    offset: Value<'gc>,
) -> Answer<'gc> {
    let offset = match offset {
        Value::Absent => 0,
        offset => size_argument(ctx, offset)?,
    };
    let contents = buffer::required(ctx, source)?;
    let start = place(ctx, layout, contents.len(), offset, false)?;
    let bytes = contents.get(start..start + layout.size).unwrap_or_default();
    Ok(unpack::unpack(ctx, layout, bytes))
}

/// Where in a buffer of `length` bytes `offset` lies, with room for the layout.
fn place<'gc>(
    ctx: Context<'gc>,
    layout: &Layout,
    length: usize,
    offset: i64,
    packing: bool,
) -> Result<usize, Raised<'gc>> {
    let (size, length) = (layout.size as i64, length as i64);
    let mut start = offset;
    if offset < 0 {
        if offset.saturating_add(size) > 0 {
            let what = match packing {
                true => "no space to pack",
                false => "not enough data to unpack",
            };
            return Err(ERROR.error(ctx, format!("{what} {size} bytes at offset {offset}")));
        }
        if offset + length < 0 {
            let message = format!("offset {offset} out of range for {length}-byte buffer");
            return Err(ERROR.error(ctx, message));
        }
        start += length;
    }
    if length - start < size {
        let (name, doing) = match packing {
            true => ("pack_into", "packing"),
            false => ("unpack_from", "unpacking"),
        };
        let least = (size as u64).wrapping_add(start as u64);
        return Err(ERROR.error(
            ctx,
            format!(
                "{name} requires a buffer of at least {least} bytes for {doing} {size} bytes \
                 at offset {start} (actual buffer size is {length})"
            ),
        ));
    }
    Ok(start as usize)
}

/// `unpack`
pub fn unpack_exactly<'gc>(ctx: Context<'gc>, layout: &Layout, source: Value<'gc>) -> Answer<'gc> {
    let contents = buffer::required(ctx, source)?;
    if contents.len() != layout.size {
        let message = format!("unpack requires a buffer of {} bytes", layout.size);
        return Err(ERROR.error(ctx, message));
    }
    Ok(unpack::unpack(ctx, layout, &contents))
}
