from civicfund.links import digest_of, new_link


def test_new_link_is_never_the_same() -> None:
    assert len({new_link().token for _ in range(100)}) == 100


def test_link_is_kept_as_a_digest_that_does_not_tell_it() -> None:
    link = new_link()

    assert link.digest == digest_of(link.token)
    assert link.token not in link.digest
    assert len(link.digest) == 64


def test_digest_of_a_mangled_address_is_only_a_digest() -> None:
    assert digest_of("\udce9") != digest_of("")
