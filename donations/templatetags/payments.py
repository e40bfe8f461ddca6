"""Say Stripe's words for means of payment to people."""

from django import template

from donations.payment_words import method_words

register = template.Library()
register.filter("method", method_words)
