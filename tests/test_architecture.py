"""The house keeps its own laws: import order, rooms, sizes, time, money and tasks."""

import ast
import re
from pathlib import PurePosixPath

import pytest

from checks import architecture
from checks.architecture import LAWS, ROOT, Module, project_modules, task_functions

MODULES = project_modules()
LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 40

#: For each law, a file that breaks it.
BROKEN = [
    (architecture.import_against_the_order, "campaigns/views.py", "from donations.models import Donation"),
    (architecture.import_against_the_order, "campaigns/views.py", "import donations.models"),
    (architecture.import_against_the_order, "civicfund/money.py", "from accounts import models"),
    (architecture.import_against_the_order, "donations/views.py", "from demo import embedded"),
    (architecture.import_against_the_order, "donations/views.py", "import stripe_twin"),
    (architecture.import_against_the_order, "stripe_twin/pages.py", "from civicfund import money"),
    (
        architecture.relation_against_the_order,
        "calls/models/call.py",
        "a = models.ForeignKey('ledger.Entry', on_delete=1)",
    ),
    (architecture.import_inside_a_function, "demo/run.py", "def f():\n    import os"),
    (architecture.import_inside_a_function, "tests/test_x.py", "async def f():\n    from os import path"),
    (architecture.stripe_outside_the_gateway, "donations/services/gifts.py", "import stripe"),
    (architecture.stripe_outside_the_gateway, "matching/tasks.py", "from stripe import Refund"),
    (architecture.clock_read_in_a_service, "calls/services/call.py", "x = timezone.now()"),
    (architecture.clock_read_in_a_service, "matching/rules.py", "x = date.today()"),
    (architecture.clock_read_in_a_service, "ledger/services.py", "x = localdate()"),
    (architecture.clock_read_in_a_service, "ledger/services.py", "x = time.time()"),
    (architecture.rule_touching_the_database, "calls/rules.py", "from calls.models import Call"),
    (architecture.rule_touching_the_database, "calls/rules.py", "from django.db import connection"),
    (architecture.service_calling_an_edge, "calls/services/call.py", "from calls import tasks"),
    (architecture.service_calling_an_edge, "calls/services.py", "from calls.forms import CallForm"),
    (architecture.model_calling_a_service, "calls/models/call.py", "from calls import services"),
    (architecture.model_calling_a_service, "calls/models.py", "from accounts.services import queue_mail"),
    (architecture.long_file, "calls/forms.py", "x = 1\n" * 301),
    (architecture.long_function, "calls/forms.py", LONG_FUNCTION),
    (architecture.nameless_file, "calls/utils.py", ""),
    (architecture.nameless_file, "calls/helpers/text.py", ""),
    (architecture.float_in_money_code, "matching/rules.py", "share = 0.4"),
    (architecture.float_in_money_code, "ledger/models.py", "x = float(y)"),
    (architecture.float_in_money_code, "civicfund/money.py", "x = 1e2"),
    (architecture.float_in_money_code, "calls/rules.py", "half = cost_cents / 2"),
    (architecture.float_in_money_code, "donations/services/fee.py", "fee = Decimal(cents)"),
    (architecture.signal_in_an_app, "calls/models.py", "from django.db.models.signals import post_save"),
    (architecture.signal_in_an_app, "calls/apps.py", "@receiver(saved)\ndef f(): ..."),
    (architecture.signal_in_an_app, "calls/apps.py", "saved.connect(f)"),
    (architecture.task_woken_wrongly, "donations/views.py", "tasks.apply_events.delay()"),
    (architecture.task_woken_wrongly, "donations/views.py", "tasks.apply_events.apply_async(eta=1)"),
    (architecture.task_woken_wrongly, "donations/views.py", "tasks.apply_events.delay_on_commit(1)"),
    (architecture.task_woken_wrongly, "donations/services.py", "apply_events.delay_on_commit()"),
    (architecture.task_with_arguments, "donations/tasks.py", "@shared_task\ndef send(pk): ..."),
    (architecture.task_with_arguments, "donations/tasks.py", "@shared_task(bind=True)\ndef send(self): ..."),
    (architecture.test_left_out, "tests/test_x.py", "@pytest.mark" + ".skip\ndef test_f(): ..."),
    (architecture.test_left_out, "tests/test_x.py", "def test_f():\n    pytest" + ".skip('x')"),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_holds(law):
    assert [finding for module in MODULES for finding in law(module)] == []


@pytest.mark.parametrize(("law", "path", "text"), BROKEN)
def test_law_finds_what_breaks_it(law, path, text):
    assert list(law(Module(PurePosixPath(path), text)))


def test_every_law_has_a_file_that_breaks_it():
    assert {law for law, _, _ in BROKEN} == set(LAWS)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("donations/views.py", "from campaigns.models import Campaign\ntasks.apply_events.delay_on_commit()"),
        ("donations/stripe_gateway.py", "import stripe"),
        ("donations/services.py", "def f(*, now):\n    return now"),
        ("donations/tasks.py", "@shared_task\ndef send_refunds(): ..."),
        ("calls/rules.py", "from civicfund import money\nSHARE = 4_000"),
        ("calls/models.py", "a = models.ForeignKey('accounts.User', on_delete=1)"),
    ],
)
def test_laws_find_nothing_in_a_lawful_file(path, text):
    assert [finding for law in LAWS for finding in law(Module(PurePosixPath(path), text))] == []


def test_modules_are_found():
    paths = {str(module.path) for module in MODULES}

    assert {"civicfund/settings.py", "checks/architecture.py", "tests/conftest.py"} <= paths


def scheduled_tasks(text):
    """Return the task names in the source of a beat schedule."""
    return {
        value.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "task"
    }


def test_beat_schedule_names_every_task_and_no_other():
    tasks = {
        f"{str(module.path).removesuffix('.py').replace('/', '.')}.{function.name}"
        for module in MODULES
        for function in task_functions(module)
    }

    assert scheduled_tasks((ROOT / "civicfund" / "celery.py").read_text()) == tasks


def test_scheduled_tasks_reads_names():
    assert scheduled_tasks("x = {'a': {'task': 'a.tasks.b', 'schedule': 5}}") == {"a.tasks.b"}


def settings_read(text):
    """Return the names of the variables that a settings file reads through `env`."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"env(\.\w+)?", ast.unparse(node.func))
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def variables_of(text):
    """Return the names in a file of environment variables, those commented out included."""
    return set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=", text, flags=re.MULTILINE))


def test_env_example_has_every_variable_and_no_other():
    files = (
        "settings.py",
        "sign_in_settings.py",
        "identity_settings.py",
        "scale_settings.py",
        "databases.py",
        "operation/settings.py",
    )
    read = set().union(*(settings_read((ROOT / "civicfund" / name).read_text()) for name in files))
    by_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    named = variables_of((ROOT / ".env.example").read_text())

    assert read <= named
    assert named <= read | by_compose


def test_settings_read_and_variables_of_find_names():
    assert settings_read("A = env.str('A', 'x')\nB = env('B')\nC = env.list('C')") == {"A", "B", "C"}
    assert variables_of("A=1\n# B=2\n#C=3\n# Words = here") == {"A", "B", "C"}
