//! Conformance, differential and embedding tests of Capers.
