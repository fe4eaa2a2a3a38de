//! The number types.

pub mod bool;
pub mod complex;
pub mod convert;
pub mod float;
pub mod float_new;
pub mod int;
pub mod int_methods;
pub mod int_new;
pub mod past_word;
