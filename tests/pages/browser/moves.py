"""What people do at a page again and again: with the mouse, and with the keyboard."""

from playwright.async_api import Page

from tests.pages.person import EMAIL, PASSWORD

MOST_STEPS = 40
FOCUSED = """wanted => {
    const here = document.activeElement, style = getComputedStyle(here);
    const isSeen = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none';
    return [here.outerHTML.slice(0, 90), here.matches(wanted), here.matches('body, #main') || isSeen];
}"""
STOP = """() => {
    const here = document.activeElement;
    const all = [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select')]
        .filter(each => each.tabIndex >= 0 && each.checkVisibility());
    return here === document.body ? null : all.indexOf(here);
}"""
STOPS = """() => [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select')]
    .filter(each => each.tabIndex >= 0 && each.checkVisibility()).length"""


async def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    await page.fill("#email", email)
    await page.fill("#password", password)
    await press(page, "#login-submit")


async def press(page: Page, button: str) -> None:
    """With the mouse, until the page that it leads to stands there: a click alone returns before its body came."""
    async with page.expect_navigation():
        await page.click(button)


async def type_in(page: Page, field: str, text: str) -> None:
    """Over what stands there."""
    await reach(page, field)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def push(page: Page, button: str) -> None:
    """By the keyboard, until the page that it leads to stands there."""
    await reach(page, button)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def reach(page: Page, wanted: str) -> None:
    """By Tab, from wherever the focus is; nothing on the way may hide it (WCAG 2.2, 2.1.1, 2.1.2, 2.4.7).

    `wanted` is an id, or a selector in brackets for what has none.
    """
    for _ in range(MOST_STEPS):
        name, is_there, is_seen = await page.evaluate(FOCUSED, wanted if wanted.startswith("[") else f"#{wanted}")
        assert is_seen, f"the focus on {name} cannot be seen"
        if is_there:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


async def skip(page: Page) -> None:
    """Past what all pages begin with, by the first thing that Tab reaches (WCAG 2.2, 2.4.1)."""
    await reach(page, '[class="skip"]')
    await page.keyboard.press("Enter")
    assert await page.evaluate("() => document.activeElement.id") == "main"


async def told(page: Page, field: str) -> str:
    """What is read out with a field that is wrong, which has the focus (WCAG 2.2, 3.3.1)."""
    element = page.locator(f"#{field}")
    await element.wait_for()
    assert await element.evaluate("each => each === document.activeElement"), f"{field} has no focus"
    assert await element.get_attribute("aria-invalid") == "true"
    ids = (await element.get_attribute("aria-describedby") or "").split()
    return " ".join([await page.locator(f"#{name}").inner_text() for name in ids])


async def tab_order(page: Page) -> tuple[list[int], int]:
    """The places in the document that Tab stops at from its beginning to its end, and how many there are to stop at."""
    stops: list[int] = []
    await page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges() }")
    await page.locator("body").evaluate(
        "each => { each.tabIndex = -1; each.focus(); each.removeAttribute('tabindex') }"
    )
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(STOP)
        if stop is None or (stop == 0 and stops):  # some windows have nothing around the page to go on to
            break
        stops += [stop] if stops[-1:] != [stop] else []  # a date's field has stops within
    return stops, await page.evaluate(STOPS)
