from http.cookies import SimpleCookie, Morsel, CookieError
import http, pickle, copy
c = SimpleCookie('keebler="E=everybody; L=\\"Loves\\"; fudge=\\012;"; a=b; Path=/x; secure')
print(c, repr(c), list(c), c['a']['path'], c['a'])
c['x'] = 'a b,c'; c['x']['expires'] = 'never'; c['x']['max-age'] = 5; c['x']['httponly'] = True
print(c.output(), c.js_output(), repr(c['x']))
for f in (lambda: c.__setitem__('a b', 1), lambda: c['a'].__setitem__('foo', 1), lambda: c.__setitem__('path', 1)):
    try: f(); print('no')
    except CookieError as e: print(e)
p = pickle.loads(pickle.dumps(c)); print(p == c, p['x'] == c['x'], copy.deepcopy(c) == c)
print(http.HTTPStatus(404), http.HTTPStatus.OK.phrase, http.HTTPMethod.GET, repr(http.HTTPMethod.GET), repr(http.HTTPStatus.OK), http.HTTPStatus.OK.is_success)
