# Loads each stream of the table beside this script, and prints those whose
# outcome is not CPython's.
import os
import pickle

def outcome(data):
    try:
        return 'is ' + repr(pickle.loads(data))
    except Exception as error:
        return type(error).__name__ + ': ' + str(error)

count = 0
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'streams.txt')) as table:
    for line in table:
        stream, _, expected = line.rstrip('\n').partition('\t')
        found = ascii(outcome(bytes.fromhex(stream)))[1:-1]
        count += 1
        if found != expected:
            print(bytes.fromhex(stream), 'expected', expected, 'found', found)
print(count, 'streams')
