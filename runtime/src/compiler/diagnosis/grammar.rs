//! Python's grammar with the mistakes that CPython knows by name.
//!
//! A rule is `name: alternatives`, tried in order; `name@` remembers what it found at a place,
//! exactly where CPython does, because what is remembered raises nothing again. Items:
//! `'x'` a keyword or operator, `"x"` a soft keyword, `NAME` a token of a kind, `rule`, `x?`,
//! `x*`, `x+`, `x % ','` (one or more with separators), `&x` and `!x` (lookahead), `~` (no other
//! alternative from here), `!!':'` (must follow), `a=x` (its place has the name `a`).
//! `=> how message` ends an alternative that is a mistake; `reports` knows the hows. Rules named
//! `no_...` are tried only when the text is known to be wrong; `{}` in a message is what CPython
//! calls the expression at `a`.

pub(super) const STATEMENTS: &str = r#"
file: statements? END
expression_input: expressions NEWLINE* END
interactive: compound NEWLINE | simples | NEWLINE | END

statements: statement+
statement: compound | simples
simples: simple !';' NEWLINE | simple % ';' ';'? NEWLINE
simple@: assignment | &"type" type_alias | star_expressions | &'return' return_stmt
    | &('import' | 'from') import_stmt | &'raise' raise_stmt | 'pass' | &'del' del_stmt
    | &'yield' yield_expr | &'assert' assert_stmt | 'break' | 'continue'
    | &'global' global_stmt | &'nonlocal' nonlocal_stmt
pass_stmt: 'pass'
break_stmt: 'break'
continue_stmt: 'continue'
compound: &('def' | '@' | 'async') function | &'if' if_stmt | &('class' | '@') class
    | &('with' | 'async') with_stmt | &('for' | 'async') for_stmt | &'try' try_stmt
    | &'while' while_stmt | match_stmt

assignment: NAME ':' expression ('=' assigned)?
    | ('(' single_target ')' | member_target) ':' expression ('=' assigned)?
    | (star_targets '=')+ assigned !'='
    | single_target augmented ~ assigned
    | no_assignment
assigned: yield_expr | star_expressions
augmented: '+=' | '-=' | '*=' | '@=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
no_assignment: a=no_annotated ':' expression => at only single target (not {}) can be annotated
    | a=star_named ',' star_nameds* ':' expression => at only single target (not tuple) can be annotated
    | a=expression ':' expression => at illegal target for annotation
    | (star_targets '=')* a=star_expressions '=' => star_target
    | (star_targets '=')* a=yield_expr '=' => at assignment to yield expression not possible
    | a=star_expressions augmented assigned => at '{}' is an illegal expression for augmented assignment
no_annotated: list | tuple | '(' no_annotated ')'

return_stmt: 'return' star_expressions?
raise_stmt: 'raise' expression ('from' expression)? | 'raise'
global_stmt: 'global' NAME % ','
nonlocal_stmt: 'nonlocal' NAME % ','
del_stmt: 'del' del_targets &(';' | NEWLINE) | no_del
no_del: 'del' a=star_expressions => del_target
assert_stmt: 'assert' expression (',' expression)?

import_stmt@: no_import | 'import' dotted_as % ','
    | 'from' ('.' | '...')* dotted 'import' import_names
    | 'from' ('.' | '...')+ 'import' import_names
import_names: '(' import_as % ',' ','? ')' | import_as % ',' !',' | '*' | no_import_names
import_as: no_import_as | NAME ('as' NAME)?
dotted_as: no_dotted_as | dotted ('as' NAME)?
dotted@: NAME ('.' NAME)*
no_import: a='import' dotted % ',' 'from' dotted => from Did you mean to use 'from ... import ...' instead?
    | 'import' a=NEWLINE => from Expected one or more names after 'import'
no_dotted_as: dotted 'as' !(NAME (',' | ')' | NEWLINE)) a=expression => at cannot use {} as import target
no_import_as: NAME 'as' !(NAME (',' | ')' | NEWLINE)) a=expression => at cannot use {} as import target
no_import_names: import_as % ',' ',' NEWLINE => last trailing comma not allowed without surrounding parentheses
    | a=NEWLINE => from Expected one or more names after 'import'

block@: NEWLINE INDENT statements DEDENT | simples | no_block
no_block: NEWLINE !INDENT => unindented expected an indented block
decorators: ('@' named NEWLINE)+

class: decorators class_raw | class_raw
class_raw: no_class | 'class' NAME type_params? ('(' arguments? ')')? ':' block
no_class: 'class' NAME type_params? ('(' arguments? ')')? NEWLINE => last expected ':'
    | a='class' NAME type_params? ('(' arguments? ')')? ':' NEWLINE !INDENT => unindented expected an indented block after class definition on line {line}

function: decorators function_raw | function_raw
function_raw: no_function | 'def' NAME type_params? '(' params? ')' ('->' expression)? ':' block
    | 'async' 'def' NAME type_params? '(' params? ')' ('->' expression)? ':' block
no_function: 'async'? a='def' NAME type_params? '(' params? ')' ('->' expression)? ':' NEWLINE !INDENT => unindented expected an indented block after function definition on line {line}
    | 'async'? 'def' NAME type_params? !!'(' params? ')' ('->' expression)? !!':' block

if_stmt: no_if | 'if' named ':' block elif_stmt | 'if' named ':' block else_block?
elif_stmt: no_elif | 'elif' named ':' block elif_stmt | 'elif' named ':' block else_block?
else_block: no_else | 'else' !!':' block
while_stmt: no_while | 'while' named ':' block else_block?
for_stmt: no_for | 'for' star_targets 'in' ~ star_expressions ':' block else_block?
    | 'async' 'for' star_targets 'in' ~ star_expressions ':' block else_block?
    | no_for_target
no_if: 'if' named NEWLINE => last expected ':'
    | a='if' named ':' NEWLINE !INDENT => unindented expected an indented block after 'if' statement on line {line}
no_elif: 'elif' named NEWLINE => last expected ':'
    | a='elif' named ':' NEWLINE !INDENT => unindented expected an indented block after 'elif' statement on line {line}
no_else: a='else' ':' NEWLINE !INDENT => unindented expected an indented block after 'else' statement on line {line}
    | 'else' ':' block 'elif' => last 'elif' block follows an 'else' block
no_while: 'while' named NEWLINE => last expected ':'
    | a='while' named ':' NEWLINE !INDENT => unindented expected an indented block after 'while' statement on line {line}
no_for: 'async'? 'for' star_targets 'in' star_expressions NEWLINE => last expected ':'
    | 'async'? a='for' star_targets 'in' star_expressions ':' NEWLINE !INDENT => unindented expected an indented block after 'for' statement on line {line}

with_stmt: no_with_indent
    | 'with' '(' with_item % ',' ','? ')' ':' block | 'with' with_item % ',' ':' block
    | 'async' 'with' '(' with_item % ',' ','? ')' ':' block | 'async' 'with' with_item % ',' ':' block
    | no_with
with_item: expression 'as' star_target &(',' | ')' | ':') | no_with_item | expression
no_with_item: expression 'as' a=expression &(',' | ')' | ':') => star_target
no_with: 'async'? 'with' (expression ('as' star_target)?) % ',' NEWLINE => last expected ':'
    | 'async'? 'with' '(' (expressions ('as' star_target)?) % ',' ','? ')' NEWLINE => last expected ':'
no_with_indent: 'async'? a='with' (expression ('as' star_target)?) % ',' ':' NEWLINE !INDENT => unindented expected an indented block after 'with' statement on line {line}
    | 'async'? a='with' '(' (expressions ('as' star_target)?) % ',' ','? ')' ':' NEWLINE !INDENT => unindented expected an indented block after 'with' statement on line {line}

try_stmt: no_try | 'try' !!':' block finally_block | 'try' !!':' block except_block+ else_block? finally_block?
    | 'try' !!':' block except_star_block+ else_block? finally_block?
except_block: no_except_indent | 'except' expression ':' block | 'except' expression 'as' NAME ':' block
    | 'except' expressions ':' block | 'except' ':' block | no_except
except_star_block: no_except_star_indent | 'except' '*' expression ':' block
    | 'except' '*' expression 'as' NAME ':' block | 'except' '*' expressions ':' block | no_except_star
finally_block: no_finally | 'finally' !!':' block
no_try: a='try' ':' NEWLINE !INDENT => unindented expected an indented block after 'try' statement on line {line}
    | 'try' ':' block !('except' | 'finally') => last expected 'except' or 'finally' block
    | 'try' ':' block* except_block+ a='except' b='*' expression ('as' NAME)? ':' => range cannot have both 'except' and 'except*' on the same 'try'
    | 'try' ':' block* except_star_block+ a='except' (expression ('as' NAME)?)? ':' => at cannot have both 'except' and 'except*' on the same 'try'
no_except: 'except' a=expression ',' expressions 'as' NAME ':' => from multiple exception types must be parenthesized when using 'as'
    | 'except' expression ('as' NAME)? NEWLINE => last expected ':'
    | 'except' NEWLINE => last expected ':'
    | 'except' expression 'as' a=expression ':' block => at cannot use except statement with {}
no_except_star: 'except' '*' a=expression ',' expressions 'as' NAME ':' => from multiple exception types must be parenthesized when using 'as'
    | 'except' '*' expression ('as' NAME)? NEWLINE => last expected ':'
    | 'except' '*' (NEWLINE | ':') => last expected one or more exception types
    | 'except' '*' expression 'as' a=expression ':' block => at cannot use except* statement with {}
no_finally: a='finally' ':' NEWLINE !INDENT => unindented expected an indented block after 'finally' statement on line {line}
no_except_indent: a='except' expression ('as' NAME)? ':' NEWLINE !INDENT => unindented expected an indented block after 'except' statement on line {line}
    | a='except' ':' NEWLINE !INDENT => unindented expected an indented block after 'except' statement on line {line}
no_except_star_indent: a='except' '*' expression ('as' NAME)? ':' NEWLINE !INDENT => unindented expected an indented block after 'except*' statement on line {line}

type_alias: "type" NAME type_params? '=' expression
type_params: no_type_params | '[' type_param % ',' ','? ']'
type_param@: NAME (':' expression)? ('=' expression)? | no_type_param | '*' NAME ('=' star_expression)? | '**' NAME ('=' expression)?
no_type_param: '*' NAME a=':' b=expression => bound TypeVarTuple
    | '**' NAME a=':' b=expression => bound ParamSpec
no_type_params: '[' a=']' => from Type parameter list cannot be empty
"#;

pub(super) const PATTERNS: &str = r#"
match_stmt: "match" subject ':' NEWLINE INDENT case_block+ DEDENT | no_match
subject: star_named ',' star_nameds? | named
case_block: no_case | "case" patterns guard? ':' block
guard: 'if' named
no_match: "match" subject NEWLINE => last expected ':'
    | a="match" subject ':' NEWLINE !INDENT => unindented expected an indented block after 'match' statement on line {line}
no_case: "case" patterns guard? NEWLINE => last expected ':'
    | a="case" patterns guard? ':' NEWLINE !INDENT => unindented expected an indented block after 'case' statement on line {line}
patterns: open_sequence | pattern
pattern: as_pattern | or_pattern
as_pattern: or_pattern 'as' capture | no_as_pattern
no_as_pattern: or_pattern 'as' a="_" => at cannot use '_' as a target
    | or_pattern 'as' a=expression => at cannot use {} as pattern target
or_pattern: closed_pattern % '|'
closed_pattern@: literal | capture | "_" | attribute !('.' | '(' | '=') | '(' pattern ')'
    | '[' maybe_sequence? ']' | '(' open_sequence? ')' | mapping_pattern | class_pattern
literal: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
literal_key: signed_number !('+' | '-') | complex_number | &(STRING | FSTART | TSTART) strings | 'None' | 'True' | 'False'
complex_number: signed_real '+' imaginary | signed_real '-' imaginary
signed_number: NUMBER | '+' NUMBER | '-' NUMBER
signed_real: real | '+' real | '-' real
real: a=NUMBER => real
imaginary: a=NUMBER => imaginary
capture: !"_" NAME !('.' | '(' | '=')
attribute@: NAME ('.' NAME)+
name_or_attribute: attribute | NAME
open_sequence: maybe_star ',' maybe_sequence?
maybe_sequence: maybe_star % ',' ','?
maybe_star: star_pattern | pattern
star_pattern@: '*' capture | '*' "_"
mapping_pattern: '{' '}' | '{' '**' capture ','? '}' | '{' key_pattern % ',' ',' '**' capture ','? '}'
    | '{' key_pattern % ',' ','? '}'
key_pattern: (literal_key | attribute) ':' pattern
class_pattern: name_or_attribute '(' ')' | name_or_attribute '(' pattern % ',' ','? ')'
    | name_or_attribute '(' keyword_pattern % ',' ','? ')'
    | name_or_attribute '(' pattern % ',' ',' keyword_pattern % ',' ','? ')'
    | no_class_pattern
keyword_pattern: NAME '=' pattern
no_class_pattern: name_or_attribute '(' (pattern % ',' ',')? keyword_pattern % ',' ',' a=(pattern % ',') => at positional patterns follow keyword patterns
"#;

pub(super) const EXPRESSIONS: &str = r#"
expressions: expression (',' expression)+ ','? | expression ',' | expression
expression@: no_expression | no_legacy | conditional | disjunction | lambda
conditional: disjunction 'if' disjunction 'else' expression
yield_expr: 'yield' 'from' expression | 'yield' star_expressions?
star_expressions: star_expression (',' star_expression)+ ','? | star_expression ',' | star_expression
star_expression@: '*' bit_or | expression
star_nameds: star_named % ',' ','?
star_named: '*' bit_or | named
assignment_expression: NAME ':=' ~ expression
named: assignment_expression | no_named | expression !':='
plain_expression: conditional | disjunction | lambda
no_legacy: a=NAME !'(' b=star_expressions => legacy
no_expression: STRING a=(!STRING plain_expression)+ STRING => at invalid syntax. Is this intended to be part of the string?
    | !(NAME STRING | SOFT) a=disjunction b=plain_expression => comma
    | a=disjunction 'if' b=disjunction !('else' | ':') => range expected 'else' after 'if' expression
    | disjunction 'if' disjunction 'else' !expression => next expected expression after 'else', but statement is given
    | a=(pass_stmt | break_stmt | continue_stmt) 'if' disjunction 'else' simple => at expected expression before 'if', but statement is given
    | a='lambda' lambda_params? b=':' &FMIDDLE => range f-string: lambda expressions are not allowed without parentheses
    | a='lambda' lambda_params? b=':' &TMIDDLE => range t-string: lambda expressions are not allowed without parentheses
no_named@: a=expression ':=' expression => at cannot use assignment expressions with {}
    | a=NAME '=' b=bit_or !('=' | ':=') => range invalid syntax. Maybe you meant '==' or ':=' instead of '='?
    | !(list | tuple | generator | 'True' | 'None' | 'False') a=bit_or '=' bit_or !('=' | ':=') => at cannot assign to {} here. Maybe you meant '==' instead of '='?

disjunction@: conjunction ('or' conjunction)+ | conjunction
conjunction@: inversion ('and' inversion)+ | inversion
inversion@: 'not' inversion | comparison
comparison: bit_or compared+ | bit_or
compared: '==' bit_or | '!=' bit_or | '<=' bit_or | '<' bit_or | '>=' bit_or | '>' bit_or
    | 'not' 'in' bit_or | 'in' bit_or | 'is' 'not' bit_or | 'is' bit_or
bit_or@: bit_xor ('|' bit_xor)*
bit_xor@: bit_and ('^' bit_and)*
bit_and@: shift ('&' shift)*
shift@: no_arithmetic | sum (('<<' | '>>') sum)*
sum@: term (('+' | '-') term)*
term@: no_factor | factor (('*' | '/' | '//' | '%' | '@') factor)*
factor@: '+' factor | '-' factor | '~' factor | power
power: await_primary '**' factor | await_primary
await_primary@: 'await' primary | primary
primary@: atom ('.' NAME | generator | '(' arguments? ')' | '[' slices ']')*
no_arithmetic: sum ('+' | '-' | '*' | '/' | '%' | '//' | '@') a='not' b=inversion => range 'not' after an operator must be parenthesized
no_factor: ('+' | '-' | '~') a='not' b=factor => range 'not' after an operator must be parenthesized
slices: slice !',' | (slice | starred) % ',' ','?
slice: expression? ':' expression? (':' expression?)? | named
atom: NAME | 'True' | 'False' | 'None' | &(STRING | FSTART | TSTART) strings | NUMBER
    | &'(' (tuple | group | generator) | &'[' (list | list_comprehension)
    | &'{' (dict | set | dict_comprehension | set_comprehension) | '...'
group: '(' (yield_expr | named) ')' | no_group
no_group: '(' a=starred ')' => at cannot use starred expression here
    | '(' a='**' expression ')' => at cannot use double starred expression here
list: '[' star_nameds? ']'
tuple: '(' (star_named ',' star_nameds?)? ')'
set: '{' star_nameds '}'
dict: '{' pairs? '}' | '{' no_pairs '}'
pairs: pair % ',' ','?
pair: '**' bit_or | key_value
key_value: expression ':' expression
no_pairs: pair % ',' ',' no_key_value
    | expression ':' a='*' bit_or => from cannot use a starred expression in a dictionary value
    | expression a=':' &('}' | ',') => at expression expected after dictionary key and ':'
no_key_value: a=expression !':' => key
    | expression ':' a='*' bit_or => from cannot use a starred expression in a dictionary value
    | expression a=':' &('}' | ',') => at expression expected after dictionary key and ':'

for_clauses: for_clause+
for_clause: 'async' 'for' star_targets 'in' ~ disjunction ('if' disjunction)*
    | 'for' star_targets 'in' ~ disjunction ('if' disjunction)* | no_for_clause | no_for_target
no_for_clause: 'async'? 'for' (bit_or (',' bit_or)* ','?) !'in' => last 'in' expected after for-loop variables
no_for_target: 'async'? 'for' a=star_expressions => for_target
list_comprehension: '[' named for_clauses ']' | no_comprehension
set_comprehension: '{' named for_clauses '}' | no_comprehension
generator: '(' (assignment_expression | expression !':=') for_clauses ')' | no_comprehension
dict_comprehension: '{' key_value for_clauses '}' | no_dict_comprehension
no_comprehension: ('[' | '(' | '{') a=starred for_clauses => at iterable unpacking cannot be used in comprehension
    | ('[' | '{') a=star_named ',' b=star_nameds for_clauses => items did you forget parentheses around the comprehension target?
    | ('[' | '{') a=star_named b=',' for_clauses => range did you forget parentheses around the comprehension target?
no_dict_comprehension: '{' a='**' bit_or for_clauses '}' => at dict unpacking cannot be used in dict comprehension

arguments@: args ','? &')' | no_arguments
positional: starred | (assignment_expression | expression !':=') !'='
args: positional % ',' (',' kwargs)? | kwargs
kwargs: keyword_or_starred % ',' ',' keyword_or_double % ',' | keyword_or_starred % ',' | keyword_or_double % ','
starred: no_starred_unpacking | '*' expression | no_starred
keyword_or_starred: no_keyword | NAME '=' expression | starred
keyword_or_double: no_keyword | NAME '=' expression | '**' expression
no_arguments: (positional % ',' ',' kwargs | kwargs) a=',' (starred !'=') % ',' => from iterable argument unpacking follows keyword argument unpacking
    | a=expression b=for_clauses ',' (args | expression for_clauses)? => clauses Generator expression must be parenthesized
    | a=NAME b='=' expression for_clauses => range invalid syntax. Maybe you meant '==' or ':=' instead of '='?
    | (args ',')? a=NAME b='=' &(',' | ')') => range expected argument value expression
    | a=args b=for_clauses => last_argument
    | args ',' a=expression b=for_clauses => clauses Generator expression must be parenthesized
    | a=args ',' args => argument_order
no_keyword: a=('True' | 'False' | 'None') b='=' => range cannot assign to {}
    | a=NAME b='=' expression for_clauses => range invalid syntax. Maybe you meant '==' or ':=' instead of '='?
    | !(NAME '=') a=expression b='=' => range expression cannot contain assignment, perhaps you meant "=="?
    | a='**' expression '=' b=expression => range cannot assign to keyword argument unpacking
no_starred_unpacking: a='*' expression '=' b=expression => range cannot assign to iterable argument unpacking
no_starred: '*' => last Invalid star expression

star_targets: star_target !',' | star_target (',' star_target)* ','?
star_target@: '*' (!'*' star_target) | star_atom_target
star_atom_target@: target_primary '.' NAME !follows | target_primary '[' slices ']' !follows | star_atom
star_atom: NAME | '(' star_atom_target ')' | '(' star_target_tuple? ')' | '[' star_target_list? ']'
star_target_list: star_target % ',' ','?
star_target_tuple: star_target (',' star_target)+ ','? | star_target ','
single_target: member_target | NAME | '(' single_target ')'
member_target: target_primary '.' NAME !follows | target_primary '[' slices ']' !follows
target_primary@: atom &follows (('.' NAME | '[' slices ']' | generator | '(' arguments? ')') &follows)*
follows: '(' | '[' | '.'
del_targets: del_target % ',' ','?
del_target@: target_primary '.' NAME !follows | target_primary '[' slices ']' !follows | del_atom
del_atom: NAME | '(' del_target ')' | '(' del_targets? ')' | '[' del_targets? ']'
"#;

pub(super) const PARAMETERS: &str = r#"
params: no_params | parameters
parameters: slash_plain param_plain* param_default* star_etc? | slash_default param_default* star_etc?
    | param_plain+ param_default* star_etc? | param_default+ star_etc? | star_etc
slash_plain: param_plain+ '/' ',' | param_plain+ '/' &')'
slash_default: param_plain* param_default+ '/' ',' | param_plain* param_default+ '/' &')'
star_etc: no_star_etc | '*' param_plain param_maybe* kwds? | '*' param_starred param_maybe* kwds?
    | '*' ',' param_maybe+ kwds? | kwds
kwds: no_kwds | '**' param_plain
param_plain: param ',' | param &')'
param_starred: NAME ':' star_expression ',' | NAME ':' star_expression &')'
param_default: param default ',' | param default &')'
param_maybe: param default? ',' | param default? &')'
param: NAME (':' expression)?
default: '=' expression | no_default
no_default: a='=' &(')' | ',') => at expected default value expression
no_params: a='/' ',' => at at least one argument must precede /
    | (slash_plain | slash_default) param_maybe* a='/' => at / may appear only once
    | slash_plain? param_plain* no_params_helper &param_plain a=param => at parameter without a default follows parameter with a default
    | param_plain* a='(' param_plain+ ','? b=')' => range Function parameters cannot be parenthesized
    | (slash_plain | slash_default)? param_maybe* '*' (',' | param_plain) param_maybe* a='/' => at / must be ahead of *
    | param_maybe+ '/' a='*' => at expected comma between / and *
no_params_helper: slash_default | param_default+
no_star_etc: a='*' (')' | ',' (')' | '**')) => at named arguments must follow bare *
    | '*' param a='=' => at var-positional argument cannot have default value
    | '*' (param_plain | ',') param_maybe* a='*' (param_plain | ',') => at * argument may appear only once
no_kwds: '**' param a='=' => at var-keyword argument cannot have default value
    | '**' param ',' a=param => at arguments cannot follow var-keyword argument
    | '**' param ',' a=('*' | '**' | '/') => at arguments cannot follow var-keyword argument

lambda: 'lambda' lambda_params? ':' expression
lambda_params: no_lambda_params | lambda_parameters
lambda_parameters: lambda_slash_plain lambda_plain* lambda_default* lambda_star_etc?
    | lambda_slash_default lambda_default* lambda_star_etc? | lambda_plain+ lambda_default* lambda_star_etc?
    | lambda_default+ lambda_star_etc? | lambda_star_etc
lambda_slash_plain: lambda_plain+ '/' ',' | lambda_plain+ '/' &':'
lambda_slash_default: lambda_plain* lambda_default+ '/' ',' | lambda_plain* lambda_default+ '/' &':'
lambda_star_etc: no_lambda_star_etc | '*' lambda_plain lambda_maybe* lambda_kwds?
    | '*' ',' lambda_maybe+ lambda_kwds? | lambda_kwds
lambda_kwds: no_lambda_kwds | '**' lambda_plain
lambda_plain: NAME ',' | NAME &':'
lambda_default: NAME default ',' | NAME default &':'
lambda_maybe: NAME default? ',' | NAME default? &':'
no_lambda_params: a='/' ',' => at at least one argument must precede /
    | (lambda_slash_plain | lambda_slash_default) lambda_maybe* a='/' => at / may appear only once
    | lambda_slash_plain? lambda_plain* no_lambda_helper &lambda_plain a=NAME => at parameter without a default follows parameter with a default
    | lambda_plain* a='(' NAME % ',' ','? b=')' => range Lambda expression parameters cannot be parenthesized
    | (lambda_slash_plain | lambda_slash_default)? lambda_maybe* '*' (',' | lambda_plain) lambda_maybe* a='/' => at / must be ahead of *
    | lambda_maybe+ '/' a='*' => at expected comma between / and *
no_lambda_helper: lambda_slash_default | lambda_default+
no_lambda_star_etc: '*' (':' | ',' (':' | '**')) => last named arguments must follow bare *
    | '*' NAME a='=' => at var-positional argument cannot have default value
    | '*' (lambda_plain | ',') lambda_maybe* a='*' (lambda_plain | ',') => at * argument may appear only once
no_lambda_kwds: '**' NAME a='=' => at var-keyword argument cannot have default value
    | '**' NAME ',' a=NAME => at arguments cannot follow var-keyword argument
    | '**' NAME ',' a=('*' | '**' | '/') => at arguments cannot follow var-keyword argument
"#;

pub(super) const STRINGS: &str = r#"
strings@: no_mixture | template+
    | a=(fields | string)+ => mixture
string: a=STRING => string
fields: a=FSTART fields_part* FEND
fields_part: field | a=FMIDDLE => middle
field: '{' assigned '='? conversion? (':' format_part*)? '}' | no_field
conversion: a='!' b=NAME => conversion
format_part: field
    | a=FMIDDLE => middle
template@: TSTART template_part* TEND
template_part: template_field | a=TMIDDLE => middle
template_field: '{' assigned '='? conversion? (':' template_format*)? '}' | no_template_field
template_format: template_field
    | a=TMIDDLE => middle
no_mixture: ((fields | string) &(fields | string))* a=(fields | string) b=template => range cannot mix t-string literals with string or bytes literals
    | (template &template)* a=template b=(fields | string) => range cannot mix t-string literals with string or bytes literals
no_field: '{' a='=' => at f-string: valid expression required before '='
    | '{' a='!' => at f-string: valid expression required before '!'
    | '{' a=':' => at f-string: valid expression required before ':'
    | '{' a='}' => at f-string: valid expression required before '}'
    | '{' !assigned => next f-string: expecting a valid expression after '{'
    | '{' assigned !('=' | '!' | ':' | '}') => next f-string: expecting '=', or '!', or ':', or '}'
    | '{' assigned '=' !('!' | ':' | '}') => next f-string: expecting '!', or ':', or '}'
    | '{' assigned '='? no_conversion
    | '{' assigned '='? ('!' NAME)? !(':' | '}') => next f-string: expecting ':' or '}'
    | '{' assigned '='? ('!' NAME)? ':' format_part* !'}' => next f-string: expecting '}', or format specs
    | '{' assigned '='? ('!' NAME)? !'}' => next f-string: expecting '}'
no_conversion: '!' &(':' | '}') => next f-string: missing conversion character
    | '!' !NAME => next f-string: invalid conversion character
no_template_field: '{' a='=' => at t-string: valid expression required before '='
    | '{' a='!' => at t-string: valid expression required before '!'
    | '{' a=':' => at t-string: valid expression required before ':'
    | '{' a='}' => at t-string: valid expression required before '}'
    | '{' !assigned => next t-string: expecting a valid expression after '{'
    | '{' assigned !('=' | '!' | ':' | '}') => next t-string: expecting '=', or '!', or ':', or '}'
    | '{' assigned '=' !('!' | ':' | '}') => next t-string: expecting '!', or ':', or '}'
    | '{' assigned '='? no_template_conversion
    | '{' assigned '='? ('!' NAME)? !(':' | '}') => next t-string: expecting ':' or '}'
    | '{' assigned '='? ('!' NAME)? ':' template_format* !'}' => next t-string: expecting '}', or format specs
    | '{' assigned '='? ('!' NAME)? !'}' => next t-string: expecting '}'
no_template_conversion: '!' &(':' | '}') => next t-string: missing conversion character
    | '!' !NAME => next t-string: invalid conversion character
"#;
