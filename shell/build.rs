//! How the binary is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // At a fixed address the tables of natives need no relocation: 20,000 pointers less to write, and 120 pages
    // less to copy, at each start, which is a sixth of the time of `capers -c pass`. What a random address would
    // make harder, the abuse of memory errors, has no footing in a program without `unsafe`.
    let is = |key: &str, value: &str| std::env::var(key).is_ok_and(|set| set == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
