from django import template

from calls.openable import open_labels

register = template.Library()
register.filter("open_labels", open_labels)
