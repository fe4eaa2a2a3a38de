# identity before equality, errors in __eq__, results of < as they are
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
class E:
    def __init__(self): self.l=None
    def __eq__(self,o):
        raise ZeroDivisionError("eq")
    __hash__=object.__hash__
t(lambda: E() in [1]); t(lambda:[1].index(E())); t(lambda:[1].count(E())); t(lambda:[1].remove(E())); t(lambda:[E()]==[1]); t(lambda:(E(),)==(1,)); t(lambda:{1:E()}=={1:2})
e=E(); t(lambda: e in [e]); t(lambda:[e]==[e]); t(lambda:(e,)==(e,)); t(lambda:{1:e}=={1:e})
t(lambda:[1,2]<[1,E()]); 
class LT:
    def __lt__(self,o): return "truthy"
t(lambda:[LT()]<[LT()]); t(lambda:[LT()]<[LT()] ); t(lambda: [1,2]<[1,2,3]); t(lambda:[1,2]<=[1,2]); t(lambda: (1,2)>(1,)); t(lambda:[3]>[2,5])
