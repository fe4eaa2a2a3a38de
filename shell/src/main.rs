//! The `capers` binary: the shell's library under the allocator that suits small objects.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    capers::main()
}
