"""What the rules of money.yaml find, and what they leave alone; nothing runs this file."""


def messages(stripe, body, header, secret):
    # ruleid: webhook-signature-unchecked
    stripe.Webhook.construct_event_without_verification(body)
    # ruleid: webhook-signature-unchecked
    stripe.Webhook.construct_event(body, header, secret, tolerance=0)
    # ok: webhook-signature-unchecked
    stripe.Webhook.construct_event(body, header, secret, tolerance=300)


def asking(stripe_gateway, transaction, donation):
    with transaction.atomic():
        donation.lock()
        # ruleid: stripe-inside-a-transaction
        stripe_gateway.create_checkout(donation)
    # ok: stripe-inside-a-transaction
    stripe_gateway.create_checkout(donation)


@transaction.atomic
def asking_in_one(donation):
    # ruleid: stripe-inside-a-transaction
    return stripe_gateway.retrieve_payment(donation)


def making(client, params, key):
    # ruleid: stripe-written-without-a-key
    client.v1.refunds.create(params)
    # ruleid: stripe-written-without-a-key
    client.v1.checkout.sessions.create(params)
    # ok: stripe-written-without-a-key
    client.v1.refunds.create(params, {"idempotency_key": key})
    # ok: stripe-written-without-a-key
    client.v1.checkout.sessions.create(params, options={"idempotency_key": key})


class Gift(models.Model):
    # ruleid: money-column-that-rounds
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    # ok: money-column-that-rounds
    amount_cents = models.BigIntegerField()
    # ruleid: money-row-that-vanishes
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE)
    # ok: money-row-that-vanishes
    call = models.ForeignKey("calls.Call", on_delete=models.PROTECT)

    # ruleid: saving-with-effects
    def save(self, *args, **kwargs):
        self.tell_everybody()
        super().save(*args, **kwargs)


class Form(forms.Form):
    # ok: saving-with-effects
    def save(self, request):
        return request


def writing(Entry, Posting, post):
    # ruleid: ledger-written-beside-its-service
    Entry.objects.create(key="x")
    # ruleid: ledger-written-beside-its-service
    Posting.objects.filter(pk=1).all() and Posting.objects.bulk_create([])
    # ok: ledger-written-beside-its-service
    Entry.objects.filter(key="x")
    # ok: ledger-written-beside-its-service
    post(key="x")


def waking(send_refunds):
    # ruleid: task-with-a-time-of-its-own
    send_refunds.apply_async(countdown=60)
    # ok: task-with-a-time-of-its-own
    send_refunds.delay_on_commit()
