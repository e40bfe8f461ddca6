"""What a browser sends: a form as it stands on its page, and a document as it comes from a scanner."""

import io
import os
from html.parser import HTMLParser

import pikepdf

MEGABYTE = 1024 * 1024

BUTTONS = ("submit", "button", "reset", "image")


def values_of(page: str, form: str) -> dict[str, list[str]]:
    """Return by their names the values of a form's fields; nothing where a page has no such form."""
    reader = _Form(form)
    reader.feed(page)
    return reader.values


class _Form(HTMLParser):
    """Read one form, named by its id."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._form = form
        self._is_inside = False
        self._name = ""
        #: The options of the list that is being read, and those chosen in it.
        self._options: list[str] = []
        self._chosen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a field."""
        told = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._is_inside = told.get("id") == self._form
        if not self._is_inside:
            return
        if tag in ("select", "textarea"):
            self._name = told.get("name", "")
        if tag == "textarea":
            self._take("")
        elif tag == "option":
            (self._chosen if "selected" in told else self._options).append(told.get("value", ""))
        elif tag == "input" and self._is_sent(told):
            self._name = told["name"]
            self._take(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        """Take up what stands in a large field."""
        if self._is_inside and self.lasttag == "textarea" and self.values.get(self._name):
            self.values[self._name][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a field, or the form."""
        if tag == "select" and self._is_inside:
            # Where nothing is chosen a browser sends the first.
            for value in self._chosen or self._options[:1]:
                self._take(value)
            self._options, self._chosen = [], []
        if tag == "textarea":
            self._name = ""
        self._is_inside = self._is_inside and tag != "form"

    def _take(self, value: str) -> None:
        self.values.setdefault(self._name, []).append(value)

    @staticmethod
    def _is_sent(told: dict[str, str]) -> bool:
        """Say whether a browser sends an input with nobody touching it."""
        kind = told.get("type", "text")
        chosen = kind not in ("checkbox", "radio") or "checked" in told
        return bool(told.get("name")) and kind not in BUTTONS and chosen


def scan(megabytes: int) -> bytes:
    """Return a PDF like a scan: one page with a picture that cannot be folded."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    noise = os.urandom(megabytes * MEGABYTE - 4096)
    picture = pikepdf.Stream(
        pdf, noise, pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    )
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im1=pdf.make_indirect(picture)))
    written = io.BytesIO()
    pdf.save(written, compress_streams=False)
    return written.getvalue()
