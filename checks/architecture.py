"""The laws of the house as functions: each takes one module and yields what breaks its law."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent

#: One project's life, left to right: an app imports itself and what stands before it.
ORDER = (
    "civicfund",
    "accounts",
    "calls",
    "vetting",
    "campaigns",
    "ledger",
    "donations",
    "matching",
    "reporting",
    "transparency",
)
BESIDE_THE_APPS = ("checks", "demo", "identity_twin", "stripe_twin", "tests")
NAMELESS = {"common", "helpers", "managers", "misc", "mixins", "selectors", "signals", "utils"}
FILE_LINES = 300
FUNCTION_LINES = 40

CLOCK = {"now", "today", "localtime", "localdate", "utcnow", "Now"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
EDGES = {"admin", "commands", "tasks", "views"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed source."""
        return ast.parse(self.text)

    @property
    def app(self) -> str:
        """Return the folder at the root that holds the file."""
        return self.path.parts[0]

    @property
    def is_app_code(self) -> bool:
        """Say whether the file belongs to an app of the platform."""
        return self.app in ORDER

    def lives_in(self, *rooms: str) -> bool:
        """Say whether the file is one of these rooms of an app, as a module or inside a package of that name."""
        return self.is_app_code and any(part.removesuffix(".py") in rooms for part in self.path.parts[1:])

    def nodes(self, *kinds: type) -> Iterator[ast.AST]:
        """Yield the nodes of these kinds, in source order of the walk."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and dotted name of everything imported; `from a import b` gives `a.b`."""
        for node in self.nodes(ast.Import, ast.ImportFrom):
            prefix = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                yield node.lineno, f"{prefix}{alias.name}"

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield every call with the last name of what is called."""
        for node in self.nodes(ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield node, name


def project_modules() -> list[Module]:
    """Return every Python file that git knows or would add, migrations left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [PurePosixPath(name) for name in sorted(set(names))]
    return [
        Module(path, (ROOT / path).read_text())
        for path in paths
        if (ROOT / path).exists() and "migrations" not in path.parts
    ]


def import_against_the_order(module: Module) -> Iterator[str]:
    """Find imports of an app that stands later, or of what only stands beside the apps."""
    for line, name in module.imports():
        top = name.partition(".")[0]
        if module.is_app_code and top in BESIDE_THE_APPS:
            yield f"{module.path}:{line} imports {name}"
        if module.is_app_code and top in ORDER and ORDER.index(top) > ORDER.index(module.app):
            yield f"{module.path}:{line} imports {name}"
        if module.app in ("identity_twin", "stripe_twin") and top in ORDER:
            yield f"{module.path}:{line} imports {name}"


def relation_against_the_order(module: Module) -> Iterator[str]:
    """Find foreign keys to an app that stands later."""
    for node, name in module.calls():
        if not module.is_app_code or name not in RELATIONS or not node.args:
            continue
        target = getattr(node.args[0], "value", None)
        app = target.partition(".")[0] if isinstance(target, str) else ""
        if app in ORDER and ORDER.index(app) > ORDER.index(module.app):
            yield f"{module.path}:{node.lineno} points at {target}"


def import_inside_a_function(module: Module) -> Iterator[str]:
    """Find imports that hide in a function."""
    for function in module.nodes(*FUNCTIONS):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{module.path}:{node.lineno} in {function.name}"


def stripe_outside_the_gateway(module: Module) -> Iterator[str]:
    """Find a second conversation with Stripe."""
    if module.app in ("stripe_twin", "tests") or module.path == PurePosixPath("donations/stripe_gateway.py"):
        return
    for line, name in module.imports():
        if name.partition(".")[0] == "stripe":
            yield f"{module.path}:{line} imports {name}"


def clock_read_in_a_service(module: Module) -> Iterator[str]:
    """Find services and rules that look at the clock instead of taking `now`."""
    if not module.lives_in("services", "rules"):
        return
    for node, name in module.calls():
        if name in CLOCK or ast.unparse(node.func) in ("time.time", "time.monotonic"):
            yield f"{module.path}:{node.lineno} calls {name}"


def rule_touching_the_database(module: Module) -> Iterator[str]:
    """Find rules that know models or the database."""
    if module.lives_in("rules"):
        for line, name in module.imports():
            if name.startswith("django.db") or "models" in name.split("."):
                yield f"{module.path}:{line} imports {name}"


def service_calling_an_edge(module: Module) -> Iterator[str]:
    """Find services and rules that know who calls them."""
    if module.lives_in("services", "rules"):
        yield from _imports_of(module, {"tasks", "views", "admin", "forms"})


def model_calling_a_service(module: Module) -> Iterator[str]:
    """Find models that know what is done with them."""
    if module.lives_in("models"):
        yield from _imports_of(module, {"services", "tasks", "views", "admin", "forms", "stripe_gateway"})


def _imports_of(module: Module, rooms: set[str]) -> Iterator[str]:
    for line, name in module.imports():
        parts = name.split(".")
        if parts[0] in ORDER and rooms & set(parts[1:]):
            yield f"{module.path}:{line} imports {name}"


def long_file(module: Module) -> Iterator[str]:
    """Find files that one cannot read in one sitting."""
    lines = module.text.count("\n")
    if module.app != "tests" and lines > FILE_LINES:
        yield f"{module.path} has {lines} lines"


def long_function(module: Module) -> Iterator[str]:
    """Find functions that one cannot see at once."""
    for function in module.nodes(*FUNCTIONS):
        lines = function.end_lineno - function.lineno + 1
        if module.app != "tests" and lines > FUNCTION_LINES:
            yield f"{module.path}:{function.lineno} {function.name} has {lines} lines"


def nameless_file(module: Module) -> Iterator[str]:
    """Find files and folders named after nothing in particular."""
    for part in module.path.parts:
        if part.removesuffix(".py") in NAMELESS:
            yield f"{module.path} is called {part}"


def float_in_money_code(module: Module) -> Iterator[str]:
    """Find floats, decimals and divisions that make them where amounts are: they are integer cents."""
    money = module.path == PurePosixPath("civicfund/money.py") or module.app == "ledger"
    if not money and not module.lives_in("services", "rules", "stripe_gateway"):
        return
    for node in module.nodes(ast.Constant, ast.Call, ast.Div, ast.Name):
        if isinstance(node, ast.Div):
            yield f"{module.path} divides with /, which makes a float"
        if isinstance(node, ast.Name) and node.id in ("Decimal", "Fraction"):
            yield f"{module.path}:{node.lineno} uses {node.id}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{module.path}:{node.lineno} has {node.value}"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
            yield f"{module.path}:{node.lineno} calls float"


def signal_in_an_app(module: Module) -> Iterator[str]:
    """Find events handled by registration, which a reader cannot follow."""
    if not module.is_app_code:
        return
    for line, name in module.imports():
        if name.startswith("django.dispatch") or "signals" in name.split("."):
            yield f"{module.path}:{line} imports {name}"
    for node, name in module.calls():
        if name in ("receiver", "connect"):
            yield f"{module.path}:{node.lineno} calls {name}"


def task_woken_wrongly(module: Module) -> Iterator[str]:
    """Find tasks woken before the commit, with arguments, or by something that is no edge."""
    if not module.is_app_code:
        return
    for node, name in module.calls():
        if name in ("delay", "apply_async", "send_task"):
            yield f"{module.path}:{node.lineno} calls {name}; use delay_on_commit()"
        if name == "delay_on_commit" and (node.args or node.keywords or not module.lives_in(*EDGES)):
            yield f"{module.path}:{node.lineno} wakes a task with arguments, or from {module.path.name}"


def task_with_arguments(module: Module) -> Iterator[str]:
    """Find tasks that carry more than the time of day."""
    for function in task_functions(module):
        if ast.unparse(function.args):
            yield f"{module.path}:{function.lineno} {function.name} takes {ast.unparse(function.args)}"


def test_left_out(module: Module) -> Iterator[str]:
    """Find tests that are skipped or expected to fail."""
    if module.app == "tests":
        for node in module.nodes(ast.Attribute):
            name = ast.unparse(node)
            if name.startswith("pytest.") and name.rpartition(".")[2] in ("skip", "skipif", "xfail"):
                yield f"{module.path}:{node.lineno} uses {name}"


def task_functions(module: Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that Celery runs."""
    for function in module.nodes(ast.FunctionDef):
        if module.is_app_code and any("shared_task" in ast.unparse(each) for each in function.decorator_list):
            yield function


LAWS = (
    import_against_the_order,
    relation_against_the_order,
    import_inside_a_function,
    stripe_outside_the_gateway,
    clock_read_in_a_service,
    rule_touching_the_database,
    service_calling_an_edge,
    model_calling_a_service,
    long_file,
    long_function,
    nameless_file,
    float_in_money_code,
    signal_in_an_app,
    task_woken_wrongly,
    task_with_arguments,
    test_left_out,
)
