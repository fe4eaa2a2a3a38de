//! Copying instances that are their class and a state: plain ones value by value,
//! the others by their `__getstate__` and `__setstate__`.

use capers_runtime::context::Context;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::reduce::rebuild::{StateRules, apply_state};
use capers_runtime::reduce::{self, object as reduce_object};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use crate::copy::atoms::Tables;
use crate::copy::object::{Answer, Rebuild, Turn};
use crate::copy::walk::{Begun, Task, Walk};

impl<'gc> Walk<'gc> {
    pub(super) fn begin_object(
        &mut self,
        ctx: Context<'gc>,
        tables: &'gc Tables<'gc>,
        object: Object<'gc>,
    ) -> Result<Begun<'gc>, Raised<'gc>> {
        let value = Value::Object(object);
        let names = ctx.names();
        let special = object.has_special_attributes();
        let plan = reduce::plan::of_class(ctx, object.class());
        if !plan.no_deepcopy || special && object.attribute(ctx, names.__deepcopy__).is_some() {
            self.tasks.push(Task::Rebuild(Rebuild::ask(value)));
            return Ok(Begun::Task);
        }
        let class = Value::Type(object.class());
        let reducer = self.reducers && tables.reducers.get(ctx, class)?.is_some();
        if reducer || !reduce::is_default_instance(ctx, object, &plan) {
            self.tasks.push(Task::Rebuild(Rebuild::reduce(value)));
            return Ok(Begun::Task);
        }
        let default_state =
            plan.default_state && !(special && object.attribute(ctx, names.__getstate__).is_some());
        let default_new = plan.default_new && !object.class().flags().is_abstract;
        if default_state
            && default_new
            && plan.default_setstate
            && object.shape().is_some()
            && !self.memo.is_exact()
        {
            return self.begin_instance(ctx, object, &plan.slots);
        }
        self.tasks.push(if default_new {
            Task::Stateful {
                source: object,
                target: None,
                applied: false,
            }
        } else {
            Task::Rebuild(Rebuild::with_state(value))
        });
        if default_state {
            let state = reduce_object::default_state(ctx, value, false)?;
            return Ok(Begun::Await(Flow::Return(state)));
        }
        reduce_object::getstate(ctx, value).map(Begun::Await)
    }

    /// Begins to copy an instance that is its attributes and its slots.
    pub(super) fn begin_instance(
        &mut self,
        ctx: Context<'gc>,
        source: Object<'gc>,
        slots: &[usize],
    ) -> Result<Begun<'gc>, Raised<'gc>> {
        let Some(shape) = source.shape() else {
            return Ok(Begun::Value(Value::Object(source)));
        };
        let base = self.values.len();
        {
            let values = source.values();
            let attributes = values.get(shape.first_index()..).unwrap_or(&[]);
            self.values.extend_from_slice(attributes);
            let slot = |place: &usize| values.get(*place).copied().unwrap_or(Value::Absent);
            self.values.extend(slots.iter().map(slot));
        }
        let mut next = base;
        while next < self.values.len() {
            match self.quick(ctx, self.values[next])? {
                Some(copy) => self.values[next] = copy,
                None => break,
            }
            next += 1;
        }
        let class = source.class();
        if next == self.values.len() {
            let values = laid_out(&self.values[base..], shape.first_index(), slots);
            self.values.truncate(base);
            let target = Object::with_values(ctx, class, shape, values);
            let (source, target) = (Value::Object(source), Value::Object(target));
            self.memo.add(ctx, source, target)?;
            self.memo.complete(ctx, source, target, true)?;
            return Ok(Begun::Value(target));
        }
        let target = Object::new(ctx, class, Payload::NONE);
        self.memo
            .add(ctx, Value::Object(source), Value::Object(target))?;
        self.tasks.push(Task::Instance {
            source,
            target,
            base: base as u32,
            next: next as u32,
        });
        Ok(Begun::Task)
    }

    pub(super) fn instance(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Instance {
            source,
            target,
            base,
            next,
        }) = self.tasks.last_mut()
        else {
            return Ok(Turn::Done(Value::None));
        };
        let (base, mut at) = (base as usize, next as usize);
        if let Some(turn) = self.replace_values(ctx, &mut at, answer)? {
            if let Some(Task::Instance { next, .. }) = self.tasks.last_mut() {
                *next = at as u32;
            }
            return Ok(turn);
        }
        let plan = reduce::plan::of_class(ctx, target.class());
        let copies = &self.values[base..];
        match source.shape() {
            Some(shape)
                if shape.len() - shape.first_index() + plan.slots.len() == copies.len()
                    && source.class() == target.class() =>
            {
                let values = laid_out(copies, shape.first_index(), &plan.slots);
                target.set_values(ctx, shape, values);
            }
            // A hook has changed the instance meanwhile.
            _ => return Err(ctx.runtime_error("dictionary changed size during iteration")),
        }
        self.values.truncate(base);
        Ok(Turn::Done(Value::Object(target)))
    }

    /// The answer is the state, then its copy, then what setting it gave.
    pub(super) fn stateful(
        &mut self,
        ctx: Context<'gc>,
        answer: Value<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(Task::Stateful {
            source,
            target,
            applied,
        }) = self.tasks.last_mut()
        else {
            return Ok(Turn::Done(Value::None));
        };
        if let Some(target) = *target {
            let target = Value::Object(target);
            if *applied {
                return Ok(Turn::Done(target));
            }
            *applied = true;
            let states = &mut self.states;
            return match apply_state(ctx, target, answer, StateRules::Copy, states)? {
                Flow::Return(_) => Ok(Turn::Done(target)),
                flow => Ok(Turn::Await(flow)),
            };
        }
        let source = *source;
        let made = Object::new(ctx, source.class(), Payload::NONE);
        *target = Some(made);
        self.memo
            .add(ctx, Value::Object(source), Value::Object(made))?;
        match answer {
            Value::None => Ok(Turn::Done(Value::Object(made))),
            state => Ok(Turn::Child(state)),
        }
    }
}

/// Values in the order of an instance: slots, then attributes. `copies` are the
/// attributes, then the slots in the order of their names.
fn laid_out<'gc>(copies: &[Value<'gc>], first: usize, slots: &[usize]) -> Vec<Value<'gc>> {
    if slots.is_empty() {
        return copies.to_vec();
    }
    let (attributes, slot_values) = copies.split_at(copies.len() - slots.len());
    let mut values = Vec::with_capacity(first + attributes.len());
    values.resize(first, Value::Absent);
    for (place, value) in slots.iter().zip(slot_values) {
        if let Some(slot) = values.get_mut(*place) {
            *slot = *value;
        }
    }
    values.extend_from_slice(attributes);
    values
}
