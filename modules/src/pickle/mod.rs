//! `_pickle`: the Pickler, the Unpickler and the functions around them, in one
//! table. `pickle` itself is a frozen Python module that shows what is here.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::types::module::Module;

pub mod buffer;
pub mod codec;
pub mod compat;
pub mod errors;
pub mod kinds;
pub mod opcode_names;
pub mod opcodes;
pub mod pickler;
pub mod unpickler;

/// The highest protocol there is.
pub const HIGHEST_PROTOCOL: u8 = 5;
/// The protocol that is used unless another is asked for.
pub const DEFAULT_PROTOCOL: u8 = 5;

/// The module.
pub static PICKLE: ModuleDef = ModuleDef {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[
        pickler::DUMP,
        pickler::DUMPS,
        unpickler::LOAD,
        unpickler::LOADS,
    ],
    types: &[
        &pickler::PICKLER,
        &unpickler::UNPICKLER,
        &buffer::PICKLE_BUFFER,
    ],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    for exception in errors::ALL {
        let class = exception.class(ctx)?;
        module.dict().set_text(ctx, exception.name(), class);
    }
    Ok(())
}
