# Streams that claim far more than they bring: no memory is set aside for the claims.
import io
import pickle

CLAIMS = [b'\x8e' + (1 << 40).to_bytes(8, 'little') + b'x' * 100, b'\x96' + (1 << 40).to_bytes(8, 'little') + b'x' * 100,
          b'\x8d' + (1 << 40).to_bytes(8, 'little') + b'x' * 100, b'B\xff\xff\xff\xffx', b'X\xff\xff\xff\xffx',
          b'\x95' + (1 << 40).to_bytes(8, 'little') + b'N.', b'\x8b\xff\xff\xff\x7fx',
          b'Nr\xff\xff\xff\xff.', b'Np9223372036854775807\n.', b'N' + b'r\xff\xff\xff\x7f' * 1000 + b'.']
for data in CLAIMS:
    for load in (lambda: pickle.loads(data), lambda: pickle.load(io.BytesIO(data))):
        try:
            print(load())
        except Exception as error:
            print(type(error).__name__, error)
