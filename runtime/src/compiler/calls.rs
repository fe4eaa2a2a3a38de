//! Calls and their arguments.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::expressions::{Display, count, has_starred};
use super::{Compiled, Compiler};
use crate::bytecode::{Constant, Op};

/// More arguments than this are passed by a tuple and a dict.
const MAX_ARGUMENTS: usize = 30;

impl<'a> Compiler<'a> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Compiled {
        let arguments = &call.arguments;
        if let Expr::Attribute(attribute) = &*call.func
            && !needs_unpacking(arguments, 0)
        {
            self.expr(&attribute.value)?;
            self.at(attribute.range());
            let method_range = self.attribute_range(attribute);
            self.at(method_range);
            let name = self.name_number(&attribute.attr);
            self.emit(Op::LoadMethod, name);
            self.at(call.range());
            let call_range = self.attribute_range(attribute);
            // Arguments have their own places; the call itself is reported from the method's line.
            let start = call_range.start();
            self.at(ruff_text_size::TextRange::new(start, call.range().end()));
            return self.arguments(arguments, 0);
        }
        self.expr(&call.func)?;
        self.emit(Op::PushNull, 0);
        self.arguments(arguments, 0)
    }

    /// Pushes the arguments after `pushed` that are there already, and calls.
    pub(super) fn arguments(&mut self, arguments: &'a ast::Arguments, pushed: usize) -> Compiled {
        self.check_keywords(arguments)?;
        if needs_unpacking(arguments, pushed) {
            return self.unpacked_arguments(arguments, pushed, None);
        }
        match &*arguments.args {
            [only @ Expr::Generator(generator)] if !generator.parenthesized => {
                // The call's parentheses are the generator expression's.
                self.comprehension(only, arguments.range)?;
            }
            args => self.exprs(args)?,
        }
        self.finish_call(arguments, pushed + arguments.args.len())
    }

    fn finish_call(&mut self, arguments: &'a ast::Arguments, pushed: usize) -> Compiled {
        if arguments.keywords.is_empty() {
            self.emit(Op::Call, count(pushed));
            return Ok(());
        }
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                names.push(Constant::Str(self.mangled(name).as_bytes().into()));
            }
            self.expr(&keyword.value)?;
        }
        self.unit.load_const(Constant::Tuple(names.into()));
        self.emit(Op::CallKw, count(pushed + arguments.keywords.len()));
        Ok(())
    }

    /// The call of a class statement: `pushed` arguments are on the stack, and `last`, a name,
    /// comes after all positional ones.
    pub(super) fn class_arguments(
        &mut self,
        arguments: Option<&'a ast::Arguments>,
        pushed: usize,
        last: Option<&str>,
    ) -> Compiled {
        let Some(arguments) = arguments else {
            if let Some(last) = last {
                self.load_name(last)?;
            }
            self.emit(Op::Call, count(pushed + usize::from(last.is_some())));
            return Ok(());
        };
        self.check_keywords(arguments)?;
        if needs_unpacking(arguments, pushed) {
            return self.unpacked_arguments(arguments, pushed, last);
        }
        self.exprs(&arguments.args)?;
        if let Some(last) = last {
            self.load_name(last)?;
        }
        self.finish_call(
            arguments,
            pushed + arguments.args.len() + usize::from(last.is_some()),
        )
    }

    fn unpacked_arguments(
        &mut self,
        arguments: &'a ast::Arguments,
        pushed: usize,
        last: Option<&str>,
    ) -> Compiled {
        match &*arguments.args {
            [Expr::Starred(starred)] if pushed == 0 && last.is_none() => {
                self.expr(&starred.value)?
            }
            args if pushed == 0 && last.is_none() => self.display(Display::Tuple, args)?,
            args => {
                self.emit(Op::BuildList, count(pushed));
                for arg in args {
                    match arg {
                        Expr::Starred(starred) => {
                            self.expr(&starred.value)?;
                            self.emit(Op::ListExtend, 1);
                        }
                        arg => {
                            self.expr(arg)?;
                            self.emit(Op::ListAppend, 1);
                        }
                    }
                }
                if let Some(last) = last {
                    self.load_name(last)?;
                    self.emit(Op::ListAppend, 1);
                }
                self.emit(Op::ListToTuple, 0);
            }
        }
        if arguments.keywords.is_empty() {
            self.emit(Op::PushNull, 0);
        } else {
            self.keyword_dict(&arguments.keywords)?;
        }
        self.emit(Op::CallFunctionEx, 0);
        Ok(())
    }

    fn keyword_dict(&mut self, keywords: &'a [ast::Keyword]) -> Compiled {
        let mut have_dict = false;
        for group in keywords.chunk_by(|left, right| left.arg.is_some() && right.arg.is_some()) {
            if let [
                ast::Keyword {
                    arg: None, value, ..
                },
            ] = group
            {
                if !have_dict {
                    self.emit(Op::BuildMap, 0);
                    have_dict = true;
                }
                self.expr(value)?;
                self.emit(Op::DictMerge, 1);
                continue;
            }
            let mut chunks = group.chunks(MAX_ARGUMENTS / 2);
            if let Some(first) = chunks.next() {
                self.named_values(first)?;
                if have_dict {
                    self.emit(Op::DictMerge, 1);
                }
                have_dict = true;
            }
            for chunk in chunks {
                self.named_values(chunk)?;
                self.emit(Op::DictMerge, 1);
            }
        }
        Ok(())
    }

    fn named_values(&mut self, keywords: &'a [ast::Keyword]) -> Compiled {
        for keyword in keywords {
            let name = keyword
                .arg
                .as_ref()
                .map(|name| self.mangled(name))
                .unwrap_or_default();
            self.unit.load_const(Constant::Str(name.as_bytes().into()));
            self.expr(&keyword.value)?;
        }
        self.emit(Op::BuildMap, count(keywords.len()));
        Ok(())
    }

    fn check_keywords(&self, arguments: &ast::Arguments) -> Compiled {
        for (index, keyword) in arguments.keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            if name.as_str() == "__debug__" {
                return self.error("cannot assign to __debug__", keyword.range);
            }
            let repeated = arguments.keywords[index + 1..]
                .iter()
                .find(|other| other.arg.as_ref().is_some_and(|other| other.id == name.id));
            if let Some(other) = repeated {
                return self.error(format!("keyword argument repeated: {name}"), other.range);
            }
        }
        Ok(())
    }
}

fn needs_unpacking(arguments: &ast::Arguments, pushed: usize) -> bool {
    has_starred(&arguments.args)
        || arguments
            .keywords
            .iter()
            .any(|keyword| keyword.arg.is_none())
        || pushed + arguments.args.len() + arguments.keywords.len() > MAX_ARGUMENTS
}
