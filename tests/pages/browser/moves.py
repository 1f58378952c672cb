"""What people do at a page again and again: with the mouse, and with the keyboard."""

from playwright.async_api import Page

from tests.pages.person import EMAIL, PASSWORD

MOST_STEPS = 40
FOCUSED = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    return [here.id, here === document.body || parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none'];
}"""


async def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.click("#login-submit")


async def type_in(page: Page, field: str, text: str) -> None:
    """Over what stands there."""
    await reach(page, field)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def push(page: Page, button: str) -> None:
    """Until the page that it leads to stands there."""
    await reach(page, button)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def reach(page: Page, wanted: str) -> None:
    """By Tab, from wherever the focus is; nothing on the way may hide it (WCAG 2.2, 2.1.1, 2.1.2, 2.4.7)."""
    for _ in range(MOST_STEPS):
        name, is_seen = await page.evaluate(FOCUSED)
        assert is_seen or name == "main", f"the focus on {name!r} cannot be seen"
        if name == wanted:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")
