//! `_json`: reads and writes JSON for the package `json`.

use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::value::Value;

mod encoder;
mod options;
mod scanner;
mod strings;

/// The module.
pub static JSON: ModuleDef = ModuleDef {
    name: "_json",
    doc: "json speedups\n",
    functions: &[
        function(
            "scanstring(string, end, strict=True, /)",
            "The text of the JSON string whose quote is before end, and the place after its end.",
            Plain(strings::scanstring),
        ),
        function(
            options::ENCODE_ASCII,
            "The JSON of a str, in ASCII.",
            Plain(|ctx, args| strings::encode(ctx, args[0], true)),
        ),
        function(
            options::ENCODE,
            "The JSON of a str.",
            Plain(|ctx, args| strings::encode(ctx, args[0], false)),
        ),
    ],
    types: &[],
    finish: Some(|ctx, module| {
        let machines = [
            ("make_scanner", &scanner::SCANNER),
            ("make_encoder", &options::ENCODER),
        ];
        for (name, def) in machines {
            let class = Value::Type(ctx.type_of_def(def));
            module.dict().set_text(ctx, name, class);
        }
        Ok(())
    }),
};

/// How deeply documents nest that are read or written: about where CPython's native stack ends.
const MOST_LEVELS: usize = 40_000;

/// How many values are read or written between two safe points.
const BATCH: usize = 2048;
