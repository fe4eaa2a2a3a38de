//! `_random`: the Mersenne Twister (MT19937, Matsumoto and Nishimura 1998), seeded and read as
//! CPython's `_randommodule.c` does, so that the same seed gives the same numbers.

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;
use num_bigint::{BigInt, BigUint, Sign};

/// The number of words of the state.
const WORDS: usize = 624;
/// How far apart the words lie that a new one is made of.
const MIDDLE: usize = 397;

/// The generator's state.
struct Twister {
    words: [u32; WORDS],
    /// The next word to be given out; `WORDS` where all have been.
    next: usize,
}

impl Twister {
    /// Seeded with one word.
    fn with_word(seed: u32) -> Self {
        let mut words = [seed; WORDS];
        for place in 1..WORDS {
            let before = words[place - 1];
            let mixed = (before ^ (before >> 30)).wrapping_mul(1_812_433_253);
            words[place] = mixed.wrapping_add(place as u32);
        }
        Twister { words, next: WORDS }
    }

    /// Seeded with the words of a key, at least one.
    fn with_key(key: &[u32]) -> Self {
        let mut twister = Twister::with_word(19_650_218);
        let words = &mut twister.words;
        let mut place = 1;
        let mut step = |place: &mut usize, factor: u32, change: &dyn Fn(u32, usize) -> u32| {
            let before = words[*place - 1];
            let mixed = (before ^ (before >> 30)).wrapping_mul(factor);
            words[*place] = change(words[*place] ^ mixed, *place);
            *place += 1;
            if *place >= WORDS {
                words[0] = words[WORDS - 1];
                *place = 1;
            }
        };
        for index in 0..WORDS.max(key.len()) {
            let index = index % key.len();
            step(&mut place, 1_664_525, &|word, _| {
                word.wrapping_add(key[index]).wrapping_add(index as u32)
            });
        }
        for _ in 1..WORDS {
            step(&mut place, 1_566_083_941, &|word, place| {
                word.wrapping_sub(place as u32)
            });
        }
        words[0] = 0x8000_0000;
        twister
    }

    /// Makes the next words.
    fn twist(&mut self) {
        for place in 0..WORDS {
            let next = self.words[(place + 1) % WORDS];
            let joined = (self.words[place] & 0x8000_0000) | (next & 0x7FFF_FFFF);
            let odd = if joined & 1 == 1 { 0x9908_B0DF } else { 0 };
            self.words[place] = self.words[(place + MIDDLE) % WORDS] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }

    /// The next 32 random bits.
    fn word(&mut self) -> u32 {
        if self.next >= WORDS {
            self.twist();
        }
        let mut word = self.words[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C_5680;
        word ^= (word << 15) & 0xEFC6_0000;
        word ^ (word >> 18)
    }

    /// A float from 0 up to 1, with all 53 bits random.
    fn float(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }
}

/// The struct behind a `_random.Random`.
#[derive(Collect)]
#[collect(require_static)]
pub struct Random(RefCell<Twister>);

impl NativeData for Random {
    type Data<'gc> = Random;
}

/// The type.
pub static RANDOM_TYPE: TypeDef = TypeDef {
    name: "Random",
    module: "_random",
    doc: "Random() -> create a random number generator with its own internal state.",
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(make)),
        method(
            "__init__($self, seed=None, /)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(seed),
        ),
        method(
            "random($self, /)",
            "random() -> x in the interval [0, 1).",
            Plain(|ctx, args| Ok(Value::float(this(ctx, args[0])?.borrow_mut().float()))),
        ),
        method(
            "seed($self, n=None, /)",
            "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the process identifier.",
            Plain(seed),
        ),
        method(
            "getstate($self, /)",
            "getstate() -> tuple containing the current state.",
            Plain(get_state),
        ),
        method(
            "setstate($self, state, /)",
            "setstate(state) -> None.  Restores generator state.",
            Plain(set_state),
        ),
        method(
            "getrandbits($self, k, /)",
            "getrandbits(k) -> x.  Generates an int with k random bits.",
            Plain(random_bits),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// The module.
pub static RANDOM: ModuleDef = ModuleDef {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    types: &[&RANDOM_TYPE],
    finish: None,
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc RefCell<Twister>, Raised<'gc>> {
    match value.native::<Random>() {
        Some(random) => Ok(&random.0),
        None => Err(ctx.type_error("descriptor requires a '_random.Random' object")),
    }
}

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&RANDOM_TYPE));
    let data = Random(RefCell::new(Twister::with_word(0)));
    Ok(Value::Object(Object::with_native::<Random>(
        ctx, class, data,
    )))
}

fn seed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let twister = seeded(ctx, args[1].or(Value::None))?;
    *this(ctx, args[0])?.borrow_mut() = twister;
    Ok(Value::None)
}

/// A generator for a seed: an int counts without its sign, anything else by its hash.
fn seeded<'gc>(ctx: Context<'gc>, seed: Value<'gc>) -> Result<Twister, Raised<'gc>> {
    let number = match seed {
        Value::None => {
            let key = crate::posix::random_bytes(ctx, WORDS * 4)?;
            BigUint::from_bytes_le(&key)
        }
        seed => match seed.as_bigint() {
            Some(number) => number.into_parts().1,
            None => BigUint::from(ctx.hash(seed)? as u64),
        },
    };
    let mut key = number.to_u32_digits();
    if key.is_empty() {
        key.push(0);
    }
    Ok(Twister::with_key(&key))
}

fn get_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let twister = this(ctx, args[0])?.borrow();
    let words = twister.words.iter().map(|word| Value::Int((*word).into()));
    let items = words.chain([Value::from_usize(ctx.mc, twister.next)]);
    Ok(Value::Tuple(ctx.tuple(items.collect::<Vec<_>>())))
}

fn set_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(state) = args[1].as_tuple() else {
        return Err(ctx.type_error("state vector must be a tuple"));
    };
    let Some((next, items)) = state.items().split_last().filter(|(_, i)| i.len() == WORDS) else {
        return Err(ctx.value_error("state vector is the wrong size"));
    };
    let mut words = [0; WORDS];
    for (word, item) in words.iter_mut().zip(items) {
        let Some(number) = item.as_bigint() else {
            return Err(ctx.type_error("an integer is required"));
        };
        *word = u32::try_from(&number).map_err(|_| {
            let message = match number.sign() {
                Sign::Minus => "can't convert negative value to unsigned int",
                _ => "Python int too large to convert to C unsigned long",
            };
            ctx.error(Exc::OverflowError, message)
        })?;
    }
    let next = ctx.index_i64(*next, Exc::OverflowError)?;
    let Some(next) = usize::try_from(next).ok().filter(|next| *next <= WORDS) else {
        return Err(ctx.value_error("invalid state"));
    };
    *this(ctx, args[0])?.borrow_mut() = Twister { words, next };
    Ok(Value::None)
}

fn random_bits<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let count = ctx.index_i64(args[1], Exc::OverflowError)?;
    let Ok(count) = u64::try_from(count) else {
        return Err(ctx.value_error("Cannot convert negative int"));
    };
    let mut twister = this(ctx, args[0])?.borrow_mut();
    match count {
        0 => return Ok(Value::Int(0)),
        1..=32 => return Ok(Value::Int((twister.word() >> (32 - count)).into())),
        _ => {}
    }
    let mut words = Vec::new();
    let whole = usize::try_from(count.div_ceil(32)).unwrap_or(usize::MAX);
    if words.try_reserve_exact(whole).is_err() {
        return Err(ctx.error(Exc::MemoryError, ""));
    }
    let mut left = count;
    while left > 0 {
        let word = twister.word();
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    let number = BigInt::from(BigUint::new(words));
    Ok(Value::from_bigint(ctx.mc, number))
}
