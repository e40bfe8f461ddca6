"""What the rules of doors.yaml find, and what they leave alone; nothing runs this file."""


# ruleid: door-without-csrf
@csrf_exempt
def comes_from_anywhere(request):
    return request


# ok: door-without-csrf
@require_POST
def comes_from_our_form(request):
    return request


def asking(cursor, table, Call, pk):
    # ruleid: statement-put-together
    cursor.execute(f"SELECT * FROM {table}")
    # ruleid: statement-put-together
    cursor.execute("SELECT * FROM calls WHERE pk = %s" % pk)
    # ruleid: statement-put-together
    Call.objects.raw("SELECT 1")
    # ok: statement-put-together
    cursor.execute("SELECT * FROM calls WHERE pk = %s", [pk])


def drawing(text):
    # ruleid: markup-believed
    shown = mark_safe(text)
    # ok: markup-believed
    return mark_safe("<br>") + format_html("<b>{}</b>", shown)


class Meta:
    # ruleid: form-that-takes-every-column
    fields = "__all__"


class OtherMeta:
    # ok: form-that-takes-every-column
    fields = ["title"]


def leading(request):
    if request.user:
        # ruleid: redirect-where-a-visitor-says
        return redirect(request.GET["next"])
    if request.method:
        # ruleid: redirect-where-a-visitor-says
        return HttpResponseRedirect(request.POST.get("next", "/"))
    # ok: redirect-where-a-visitor-says
    return redirect("campaigns:home")


def running(data):
    # ruleid: code-from-data
    pickle.loads(data)
    # ruleid: code-from-data
    subprocess.run(data, shell=True)
    # ok: code-from-data
    yaml.safe_load(data)
    # ok: code-from-data
    subprocess.run(["qpdf", "--version"], check=True)


def guessing():
    # ruleid: secret-that-can-be-guessed
    first = random.choice("abc")
    # ruleid: secret-that-can-be-guessed
    second = hashlib.md5(b"x")
    # ok: secret-that-can-be-guessed
    return secrets.token_urlsafe(32), hashlib.sha256(b"x"), first, second


def believing(client):
    # ruleid: certificate-believed
    client.get("https://example.org", verify=False)
    # ok: certificate-believed
    client.get("https://example.org", verify=True)


def calling(stripe_gateway, donation):
    # ruleid: request-to-somewhere-else
    requests.get("https://example.org")
    # ok: request-to-somewhere-else
    stripe_gateway.retrieve_payment(donation)


def telling(logger, user, pk):
    # ruleid: sealed-text-in-a-log
    logger.info("signed up: %s", user.email)
    # ok: sealed-text-in-a-log
    logger.info("signed up: %s", pk)
