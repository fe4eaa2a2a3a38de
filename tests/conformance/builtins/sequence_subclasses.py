# iteration over subclasses of list and tuple; slices and sums of them; argument errors
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
class L3(list):
    def __iter__(self): return iter([9])
t(lambda:list(L3([1,2]))); t(lambda:tuple(L3([1]))); t(lambda:[*L3([1])]); t(lambda:[]+L3([1])); t(lambda:set(L3([1]))); t(lambda:sorted(L3([1]))); x=[]; x[:]=L3([4]); print(x); x.extend(L3([4])); print(x)
class T3(tuple):
    def __iter__(self): return iter([9])
t(lambda:list(T3([1,2]))); t(lambda:tuple(T3([1])))
class T4(tuple):
    def __new__(cls,*a,**k): return super().__new__(cls,a)
t(lambda:T4(1,2,x=3)); t(lambda:type(T4(1)[:]).__name__); t(lambda:T4(1,2)[0:1]); t(lambda:T4(1)+T4(2)); t(lambda:T4(1).__getnewargs__()); t(lambda:hash(T4(1,2))==hash((1,2))); t(lambda:T4(1)==(1,))
t(lambda:slice(1,2)); t(lambda:slice(slice(1),2)); t(lambda:{slice(1,2):3}[slice(1,2)])
t(lambda:[1,2,3].pop(-4)); t(lambda:[1,2,3].insert(-9,0)); t(lambda:[].remove(1)); t(lambda:[1,2,3,1].index(1,1)); t(lambda:[1,2,3,1].index(1,-1)); t(lambda:(1,2,3,1).index(1,-9,2)); t(lambda:[1].index(1,None)); t(lambda:(1,).index(1,0,None))
print([[1]*3 for _ in range(2)], [0]*0, [[]]*2, ()*5)
t(lambda: [1,2,3].__contains__(2)); t(lambda:list.append([],)); t(lambda:list.append(5,5)); t(lambda:list.__len__(5)); t(lambda:dict.get({},1,2,3)); t(lambda:dict.keys(5)); t(lambda:[].extend(1,2)); t(lambda:[].insert()); t(lambda:{}.setdefault(1,2,3)); t(lambda: {1}.pop(1)); t(lambda:{}.get(key=1)); t(lambda:[].append(object=1)); t(lambda: [].sort(key=None,reverse=True)); t(lambda:{}.update(a=1)); t(lambda: {1}.union(x=1)); t(lambda:[].__init__(x=1)); t(lambda:range(1,2,step=3))
