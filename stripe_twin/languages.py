"""Say what the pages say, in English and Italian."""

ENGLISH = {
    "stand_in": "Local stand-in for Stripe.",
    "stand_in_why": "For demo and tests: no real card, no real money.",
    "back": "Back",
    "donate": "Donate",
    "pay": "Pay",
    "pay_title": "Pay by card",
    "email": "E-mail",
    "number": "Card number",
    "expiry": "Expiry",
    "cvc": "Security code",
    "name": "Name on card",
    "test_cards": "Test cards",
    "test_hint": "Any future expiry and any three digits as security code.",
    "number_head": "Number",
    "effect_head": "What happens",
    "check_fields": "Please check the fields below. Nothing has been charged.",
    "bad_email": "Enter a complete e-mail address.",
    "bad_number": "The card number is not valid.",
    "not_test": "Here only the test cards listed below work.",
    "bad_expiry": "Enter month and year, for example 12 / 40.",
    "past_expiry": "The card has expired.",
    "bad_cvc": "Enter the three digits on the back of the card.",
    "bad_name": "Enter the name on the card.",
    "declined": "The card was declined. Nothing has been charged; try another card.",
    "insufficient_funds": "The card has insufficient funds. Nothing has been charged; try another card.",
    "expired_card": "The card has expired. Nothing has been charged; try another card.",
    "incorrect_cvc": "The security code is wrong. Nothing has been charged; check it and try again.",
    "processing_error": "The card could not be processed. Nothing has been charged; try again.",
    "not_authenticated": "The authentication failed. Nothing has been charged; try again or use another card.",
    "paid_title": "This payment is complete",
    "paid": "The amount has been paid once. You do not need to pay again.",
    "expired_title": "This payment page has expired",
    "expired": "Nothing has been charged. Go back and start again.",
    "unknown_title": "Page not found",
    "unknown": "There is no payment page at this address.",
    "return": "Back to the site",
    "bank": "Test bank, 3-D Secure",
    "secure": "Confirm the payment",
    "secure_why": "Your bank asks you to confirm this payment. Choose how the test should end.",
    "merchant": "Payee",
    "amount": "Amount",
    "card": "Card",
    "complete": "Complete authentication",
    "fail": "Fail authentication",
    "onboarding": "Connect your organization",
    "onboarding_why": "Stripe would ask for documents and a bank account here. One button is enough in the demo: it lets"
    " the organization receive donations.",
    "account": "Account",
    "organization": "Organization",
    "country": "Country",
    "finish": "Connect the organization",
    "leave": "Leave without finishing",
}
ITALIAN = {
    "stand_in": "Sostituto locale di Stripe.",
    "stand_in_why": "Per demo e prove: nessuna carta vera, nessun denaro vero.",
    "back": "Indietro",
    "donate": "Dona",
    "pay": "Paga",
    "pay_title": "Paga con carta",
    "email": "E-mail",
    "number": "Numero della carta",
    "expiry": "Scadenza",
    "cvc": "Codice CVC",
    "name": "Nome sulla carta",
    "test_cards": "Carte di prova",
    "test_hint": "Una qualsiasi scadenza futura e tre cifre qualsiasi come codice di sicurezza.",
    "number_head": "Numero",
    "effect_head": "Che cosa succede",
    "check_fields": "Controlla i campi qui sotto. Non è stato addebitato nulla.",
    "bad_email": "Inserisci un indirizzo e-mail completo.",
    "bad_number": "Il numero della carta non è valido.",
    "not_test": "Qui funzionano solo le carte di prova elencate sotto.",
    "bad_expiry": "Inserisci mese e anno, per esempio 12 / 40.",
    "past_expiry": "La carta è scaduta.",
    "bad_cvc": "Inserisci le tre cifre sul retro della carta.",
    "bad_name": "Inserisci il nome sulla carta.",
    "declined": "La carta è stata rifiutata. Non è stato addebitato nulla; prova con un'altra carta.",
    "insufficient_funds": "I fondi della carta non bastano. Non è stato addebitato nulla; prova con un'altra carta.",
    "expired_card": "La carta è scaduta. Non è stato addebitato nulla; prova con un'altra carta.",
    "incorrect_cvc": "Il codice di sicurezza è sbagliato. Non è stato addebitato nulla; controllalo e riprova.",
    "processing_error": "Non è stato possibile elaborare la carta. Non è stato addebitato nulla; riprova.",
    "not_authenticated": "L'autenticazione non è riuscita. Non è stato addebitato nulla; riprova o usa un'altra carta.",
    "paid_title": "Questo pagamento è concluso",
    "paid": "L'importo è stato pagato una volta sola. Non serve pagare di nuovo.",
    "expired_title": "Questa pagina di pagamento è scaduta",
    "expired": "Non è stato addebitato nulla. Torna indietro e ricomincia.",
    "unknown_title": "Pagina non trovata",
    "unknown": "A questo indirizzo non c'è alcuna pagina di pagamento.",
    "return": "Torna al sito",
    "bank": "Banca di prova, 3-D Secure",
    "secure": "Conferma il pagamento",
    "secure_why": "La tua banca ti chiede di confermare questo pagamento. Scegli come deve finire la prova.",
    "merchant": "Beneficiario",
    "amount": "Importo",
    "card": "Carta",
    "complete": "Completa l'autenticazione",
    "fail": "Fai fallire l'autenticazione",
    "onboarding": "Collega la tua organizzazione",
    "onboarding_why": "Stripe qui chiederebbe documenti e conto bancario. Nella demo basta un pulsante: permette"
    " all'organizzazione di ricevere donazioni.",
    "account": "Conto",
    "organization": "Organizzazione",
    "country": "Paese",
    "finish": "Collega l'organizzazione",
    "leave": "Esci senza finire",
}
EFFECTS = (
    ("4242 4242 4242 4242", "succeeds", "riesce"),
    ("4000 0000 0000 0002", "declined", "rifiutata"),
    ("4000 0000 0000 9995", "insufficient funds", "fondi insufficienti"),
    ("4000 0025 0000 3155", "asks for 3-D Secure", "chiede 3-D Secure"),
    ("4000 0000 0000 3220", "asks for 3-D Secure", "chiede 3-D Secure"),
    ("4000 0000 0000 5126", "succeeds, a later refund fails", "riesce, un successivo rimborso fallisce"),
    ("4000 0000 0000 7726", "succeeds, a refund takes a moment", "riesce, un rimborso richiede un momento"),
    ("4000 0000 0000 0259", "succeeds, then disputed", "riesce, poi viene contestata"),
)


def texts(lang: str) -> dict[str, str]:
    """Return every text of a language, "it" or English."""
    return ITALIAN if lang == "it" else ENGLISH


def effects(lang: str) -> list[tuple[str, str]]:
    """Return the test numbers with what each does."""
    return [(number, italian if lang == "it" else english) for number, english, italian in EFFECTS]


def money(cents: int, currency: str, lang: str) -> str:
    """Return an amount in cents as people write it, e.g. "1.234,50 €" or "€1,234.50"."""
    number = f"{cents // 100:,}.{cents % 100:02}"
    symbol = {"eur": "€", "usd": "$", "gbp": "£"}.get(currency, currency.upper())
    if lang == "it":
        return number.translate(str.maketrans(",.", ".,")) + f"\u00a0{symbol}"
    return f"{symbol}{number}" if len(symbol) == 1 else f"{symbol}\u00a0{number}"
