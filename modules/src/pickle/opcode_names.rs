//! `_pickle_opcodes`: the opcodes as `pickle` shows them, each a bytes object under
//! its name. Made from the one table.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;

use super::opcodes::OPCODES;
use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};

/// The module.
pub static PICKLE_OPCODES: ModuleDef = ModuleDef {
    name: "_pickle_opcodes",
    doc: "The opcodes of pickle, under their names.",
    functions: &[],
    types: &[],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    let protocols = [
        ("HIGHEST_PROTOCOL", HIGHEST_PROTOCOL),
        ("DEFAULT_PROTOCOL", DEFAULT_PROTOCOL),
    ];
    for (name, protocol) in protocols {
        dict.set_text(ctx, name, Value::Int(protocol.into()));
    }
    for opcode in OPCODES {
        let code = Value::Bytes(ctx.bytes(&[opcode.code]));
        dict.set_text(ctx, opcode.name, code);
    }
    Ok(())
}
