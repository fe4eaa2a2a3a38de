# unittest.mock: what mocks record, assert, stand for and take the place of
import os
import pickle
from unittest import mock
from unittest.mock import ANY, DEFAULT, MagicMock, Mock, PropertyMock, call, create_autospec, mock_open, patch, seal


def attempt(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(f'{type(error).__name__}: {error}')


fetch = Mock(name='fetch', return_value=3)
print(fetch(1, key=2), fetch.call_count, fetch.call_args, fetch.mock_calls)
fetch.assert_called_once_with(1, key=ANY)
attempt(fetch.assert_called_with, 2)
attempt(fetch.assert_not_called)
attempt(fetch.assert_has_calls, [call(9)])
attempt(getattr, fetch, 'asert_called')

tree = Mock()
tree.left.grow(1).leaf(x=[2])
print(tree.mock_calls, tree.method_calls, tree.mock_calls == call.left.grow(1).leaf(x=[2]).call_list())

effects = Mock(side_effect=[1, ValueError('two'), DEFAULT], return_value='default')
for _ in range(4):
    attempt(effects)

magic = MagicMock()
magic.__getitem__.side_effect = lambda key: key * 2
print(len(magic), int(magic), list(magic), magic[4], 'x' in magic, bool(magic))
magic.__len__.return_value = 7
print(len(magic))
with magic as entered:
    print(entered is magic.__enter__.return_value)


class Shop:
    owner = 'Ada'

    def buy(self, what, *, count=1):
        return what * count

    @staticmethod
    def near(place):
        return place


shop = create_autospec(Shop)
print(isinstance(shop(), Shop))
attempt(shop.return_value.buy)
attempt(getattr, shop.return_value, 'sell')
shop.near('here')
shop.near.assert_called_once_with(place='here')
print(Mock(spec=Shop).__class__ is Shop)

with patch.object(Shop, 'owner', new_callable=PropertyMock, return_value='Bob'):
    print(Shop().owner)
print(Shop().owner)
with patch('os.getcwd', return_value='/nowhere') as getcwd:
    print(os.getcwd(), getcwd.called)
with patch.dict(os.environ, {'MOCKED': 'yes'}):
    print(os.environ['MOCKED'])
print('MOCKED' in os.environ)


@patch('os.path.exists', lambda path: True)
@patch.object(os, 'listdir')
def scanned(listdir):
    listdir.return_value = ['one']
    return os.path.exists('/no/such'), os.listdir('/no/such')


print(scanned())
with patch('builtins.open', mock_open(read_data='first\nsecond\n')) as opened:
    with open('somewhere') as file:
        print(file.readline(), list(file))
opened.assert_called_once_with('somewhere')
sealed = Mock()
sealed.known = 1
seal(sealed)
attempt(lambda: sealed.unknown)
print(mock.sentinel.thing, pickle.loads(pickle.dumps(mock.sentinel.thing)) is mock.sentinel.thing)
attempt(patch, 'nothing')
attempt(patch('os.no_such_thing').start)
