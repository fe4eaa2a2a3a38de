//! The object model, the compiler, the VM, the reduce protocol and the host API of Capers.
