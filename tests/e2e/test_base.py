"""What every page offers, tried in a browser: sign-in, passkeys, theme, menus, keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from screening.accounts.models import User
from tests.factories.accounts import PASSWORD, AdministratorFactory, HiringManagerFactory, RecruiterFactory

SignIn = Callable[[User], None]
DARK = "#262626"


def ground(page: Page) -> str:
    """The colour of the bar as it is drawn."""
    colour: str = page.evaluate("""() => {
        const pixel = document.createElement("canvas").getContext("2d");
        pixel.fillStyle = getComputedStyle(document.querySelector(".bar")).backgroundColor;
        pixel.fillRect(0, 0, 1, 1);
        return "#" + [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((v) => v.toString(16).padStart(2, "0")).join("");
    }""")
    return colour


@pytest.mark.usefixtures("quiet")
def test_one_signs_in_with_a_password_and_out_again(site: str, page: Page, expected: list[str]) -> None:
    expected.append("Clear-Site-Data")  # the browser says that it has forgotten what it kept
    user: User = RecruiterFactory(name="Miyuki Sato")
    page.goto(site)
    expect(page).to_have_title("Sign in · Screening")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.get_by_text("Your account: Miyuki Sato").locator("..").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_one_adds_a_passkey_and_signs_in_with_it_alone(site: str, page: Page) -> None:
    user: User = RecruiterFactory()
    site = site.replace("127.0.0.1", "localhost")  # browsers bind passkeys to a name, never to a number
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    page.goto(site)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_theme_follows_the_system_until_one_chooses_and_the_server_remembers(
    site: str, browser: Browser, page: Page, sign_in: SignIn
) -> None:
    sign_in(RecruiterFactory())
    page.emulate_media(color_scheme="dark")
    page.goto(site)
    assert ground(page) == DARK
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Light").click()
    assert ground(page) == "#ffffff"
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    without_scripts = browser.new_context(java_script_enabled=False, color_scheme="dark")
    without_scripts.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # what it gives, it takes
    again = without_scripts.new_page()
    again.goto(site)
    expect(again.locator("html")).to_have_attribute("data-bs-theme", "light")
    without_scripts.close()


@pytest.mark.usefixtures("quiet")
def test_on_a_phone_the_navigation_is_a_menu(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(AdministratorFactory())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site)
    roles = page.locator("#places").get_by_text("Roles", exact=True)
    expect(roles).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(roles).to_be_visible()
    page.keyboard.press("Escape")
    expect(roles).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    roles.click()
    expect(page).to_have_url(re.compile("/roles/$"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("quiet")
def test_three_places_fit_on_a_tablet_without_a_menu(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(HiringManagerFactory())
    page.set_viewport_size({"width": 768, "height": 1024})
    page.goto(site)
    expect(page.locator("#places").get_by_text("Interviews", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).not_to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_menus_close_by_escape_and_by_a_click_elsewhere(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(RecruiterFactory())
    page.goto(site)
    summary = page.locator(".account > summary")
    account = page.get_by_role("link", name="Account")
    summary.click()
    expect(account).to_be_visible()
    page.keyboard.press("Escape")
    expect(account).not_to_be_visible()
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", level=1).click()
    expect(account).not_to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_keys_find_and_tell_of_themselves(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(RecruiterFactory())
    page.goto(site)
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Find people, roles, shortlists")).to_be_focused()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def answering(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="no page of ours")


def test_what_a_script_asked_for_in_vain_is_said(
    site: str, page: Page, sign_in: SignIn, quiet: list[str], expected: list[str]
) -> None:
    expected += [
        "the server responded with a status of",
        "Response Status Error",
        "htmx:",
        "ERR_INTERNET_DISCONNECTED",
        "undefined",
    ]
    sign_in(RecruiterFactory())
    page.goto(site)
    field, said = page.locator("[data-search]"), page.locator("#toasts .message")
    for status, words in ((500, "on our side"), (401, "Sign in in another window"), (429, "Wait a minute")):
        page.route("**/search/?q=*", answering(status))
        field.fill(f"Nok {status}")
        expect(said.filter(has_text=words)).to_be_visible()
        page.unroute("**/search/?q=*")
    expect(page.get_by_text("no page of ours")).to_have_count(0)
    page.context.set_offline(True)
    field.fill("Nok nowhere")
    expect(page.locator("[data-connection]")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    field.fill("Nok again")
    expect(page.locator("[data-connection]")).to_be_hidden()
    page.context.clear_cookies()
    field.fill("Nok signed out")
    expect(said.filter(has_text="Sign in in another window")).to_have_count(2)


@pytest.mark.usefixtures("quiet")
def test_single_keys_can_be_switched_off(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(RecruiterFactory(single_key_shortcuts=False))
    page.goto(site)
    page.keyboard.press("?")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Find people, roles, shortlists")).to_be_focused()
    expect(page.get_by_role("dialog")).not_to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_the_first_tab_skips_to_the_content(site: str, page: Page, sign_in: SignIn) -> None:
    sign_in(RecruiterFactory())
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
