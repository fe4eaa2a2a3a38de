# A method that returns NotImplemented leaves the error to the operator: it is raised, and handled, where the operator stands.
class Quiet:
    def __or__(self, other):
        return NotImplemented

    def __ior__(self, other):
        return NotImplemented

    def __lt__(self, other):
        first = second = None
        return NotImplemented

    def __eq__(self, other):
        return Doubtful()


class Doubtful:
    def __bool__(self):
        raise ValueError('no telling')


def statement():
    a = b = 1
    try:
        Quiet() | []
    except TypeError as error:
        print('caught', error, error.__traceback__.tb_lineno - error.__traceback__.tb_frame.f_code.co_firstlineno)


def assignment():
    quiet = Quiet()
    try:
        quiet |= 1
    except TypeError as error:
        print('caught', error, error.__traceback__.tb_lineno - error.__traceback__.tb_frame.f_code.co_firstlineno)


def comparison():
    a = b = c = d = 1
    try:
        if Quiet() < 1:
            print('less')
    except TypeError as error:
        print('caught', error, error.__traceback__.tb_lineno - error.__traceback__.tb_frame.f_code.co_firstlineno)


def truth():
    a = b = c = d = 1
    try:
        if Quiet() == 1:
            print('equal')
    except ValueError as error:
        print('caught', error, error.__traceback__.tb_lineno - error.__traceback__.tb_frame.f_code.co_firstlineno)


for function in statement, assignment, comparison, truth:
    function()
