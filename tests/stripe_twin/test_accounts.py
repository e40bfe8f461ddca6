"""Connected accounts and their onboarding page."""

import pytest
import stripe

from tests.stripe_twin.town import Town

RETURN, REFRESH = "http://shop.test/return", "http://shop.test/refresh"


def link(town: Town, account: str) -> str:
    return town.stripe.account_links.create(
        {"account": account, "type": "account_onboarding", "return_url": RETURN, "refresh_url": REFRESH}
    ).url


def test_create_keeps_what_was_asked_for(town: Town) -> None:
    account = town.account(
        onboarded=False, country="IT", email="orti@example.org", business_profile={"name": "Orti APS"},
        settings={"payouts": {"schedule": {"interval": "manual"}}}, metadata={"organization": "o1"},
    )  # fmt: skip
    assert (account.details_submitted, account.charges_enabled, account.payouts_enabled) == (
        False,
        False,
        False,
    )
    assert account.capabilities.to_dict() == {"transfers": "inactive", "card_payments": "inactive"}
    assert account.settings.payouts.schedule.interval == "manual"
    assert account.business_profile.name == "Orti APS"
    assert "external_account" in account.requirements.currently_due
    assert town.stripe.accounts.retrieve(account.id).metadata["organization"] == "o1"


def test_update_changes_only_what_it_names(town: Town) -> None:
    account = town.account(
        settings={"payouts": {"schedule": {"interval": "daily"}}}, metadata={"a": "1", "b": "2"}
    )
    changed = town.stripe.accounts.update(
        account.id, {"settings": {"payouts": {"schedule": {"interval": "manual"}}}, "metadata": {"a": ""}}
    )
    assert changed.settings.payouts.schedule.interval == "manual"
    assert changed.settings.payouts.schedule.delay_days == 7
    assert changed.metadata.to_dict() == {"b": "2"}


def test_onboarding_completes_by_one_button(town: Town) -> None:
    account = town.account(onboarded=False, business_profile={"name": "Orti & Amici"})
    url = link(town, account.id)
    status, _, page = town.browse(url)
    assert (status, "Orti &amp; Amici" in page, page.count('type="submit"')) == (200, True, 1)
    assert town.browse(url, {})[:2] == (303, RETURN)
    done = town.stripe.accounts.retrieve(account.id)
    assert (done.details_submitted, done.charges_enabled, done.requirements.currently_due) == (True, True, [])
    assert done.capabilities.to_dict() == {"transfers": "active", "card_payments": "active"}
    events = town.control("events")["data"]
    assert [(one["type"], one["account"]) for one in events] == [("account.updated", account.id)]


def test_onboarding_can_be_left_unfinished(town: Town) -> None:
    account = town.account(onboarded=False)
    url = link(town, account.id)
    assert f"{url.removeprefix(town.address)}/leave" in town.browse(url)[2]
    assert town.browse(f"{url}/leave")[:2] == (303, RETURN)
    assert not town.stripe.accounts.retrieve(account.id).details_submitted
    assert town.browse(url)[:2] == (303, REFRESH)


def test_onboarding_link_works_once_and_for_five_minutes(town: Town) -> None:
    account = town.account(onboarded=False)
    used, late, slow = (link(town, account.id) for _ in range(3))
    town.browse(used)
    town.browse(used, {})
    assert town.browse(used)[:2] == town.browse(used, {})[:2] == (303, REFRESH)
    town.browse(slow)
    town.control("advance", seconds=301)
    assert town.browse(late)[:2] == (303, REFRESH)
    assert town.browse(slow, {})[:2] == (303, RETURN)


def test_onboarding_of_another_account_is_not_found(town: Town) -> None:
    one, other = town.account(onboarded=False), town.account(onboarded=False)
    url = link(town, one.id).replace(one.id, other.id)
    assert town.browse(url, {})[0] == 404
    assert not town.stripe.accounts.retrieve(other.id).details_submitted


def test_create_link_refuses_a_bad_address(town: Town) -> None:
    account = town.account(onboarded=False)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "return_url": "here",
                "refresh_url": REFRESH,
            }
        )
    assert refusal.value.param == "return_url"
