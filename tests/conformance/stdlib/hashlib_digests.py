import hashlib
h = hashlib.sha256(b'abc'); h.update(b'd')
print(h.name, h.digest_size, h.block_size, h.hexdigest(), h.copy().digest() == h.digest(), type(h))
for n in sorted(hashlib.algorithms_guaranteed):
    x = hashlib.new(n, b'abc')
    print(n, x.name, x.digest_size, x.block_size, x.hexdigest(10) if 'shake' in n else x.hexdigest(), type(x))
print(hashlib.blake2b(b'a', digest_size=20, key=b'k', salt=b's', person=b'p').hexdigest())
def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except Exception as e: print(type(e).__name__, e)
show(hashlib.md5, 'abc'); show(hashlib.new, 'foo'); show(hashlib.sha1, 3)
show(hashlib.blake2b, b'', digest_size=99)
import io
print(hashlib.file_digest(io.BytesIO(b'abc'), 'sha1').hexdigest())
