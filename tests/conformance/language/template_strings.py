# Template strings, and the types of string.templatelib
# 3.14: new
from string.templatelib import Template, Interpolation, convert
import string.templatelib as m
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
x=5
a=t'a{x}b{x!r:>{x}}'
print(a, a.strings, a.values, a.interpolations, list(a))
t(lambda: Template(1)); t(lambda: Template(a=1)); t(lambda: Template('a','b',Interpolation(3))); t(lambda: Interpolation()); t(lambda: Interpolation(1,2)); t(lambda:Interpolation(1,'a','x')); t(lambda: Interpolation(1,'a','r',3)); t(lambda:Interpolation(1,'x','z','f'))
t(lambda: Interpolation(1)); t(lambda: a+a); t(lambda: a+'x'); t(lambda: 'x'+a); t(lambda: a+5)
t(lambda: type('X',(Template,),{})); t(lambda: type('X',(Interpolation,),{}))
t(lambda: setattr(a,'strings',3)); t(lambda: setattr(a,'foo',3)); t(lambda: setattr(Interpolation(1),'value',3))
print(convert('a','r'), convert('a',None))
t(lambda: convert(1,'z'));t(lambda: Interpolation(1,conversion='z'));t(lambda: Interpolation(1,conversion='rr'));t(lambda: Interpolation(value=1,expression='e',conversion='s',format_spec='f'))
t(lambda: Interpolation(1,2,3,4,5))
t(lambda: type(iter(a))())
print(t'{x=}'.strings, t'{x=:5}'.interpolations,t'{x=!s}'.interpolations)
print(type(a).__module__, type(a).__qualname__, type(iter(a)).__module__)
