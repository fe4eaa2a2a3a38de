depth = 100_000
sources = [
    "(" * depth + ")" * depth,
    "[" * depth + "]" * depth,
    "{1:" * depth + "1" + "}" * depth,
    "-" * depth + "1",
    "not " * depth + "1",
    "1" + "+1" * depth,
    "x" + ".x" * depth,
    "f" + "(1)" * depth,
    "a" + "[0]" * depth,
    "1 if 1 else " * depth + "1",
    "lambda: " * depth + "1",
    "1 and (" * depth + "1" + ")" * depth,
    "2" + "**2" * depth,
    "x = " * depth + "1",
    "".join("  " * i + "if 1:\n" for i in range(1000)) + "  " * 1000 + "pass\n",
    "if 1: pass\n" + "elif 1: pass\n" * depth,
    "f'" + "{f'" * 200 + "x" + "'}" * 200 + "'",
    "match 1:\n case " + "[" * depth + "]" * depth + ": pass\n",
    "def f(): pass\n" * depth,
    "f(" * depth + ")" * depth,
    "await " * depth + "x",
    "(" * depth,
    "class A:\n" + "".join(" " * (i + 1) + "class A:\n" for i in range(90)) + " " * 91 + "pass\n",
]
for source in sources:
    try:
        compile(source, "deep", "exec")
    except (SyntaxError, RecursionError, MemoryError):
        pass
print("done")
