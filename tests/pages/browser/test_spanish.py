"""Every page in Spanish: as accessible as in English, and nothing on it that nobody has translated."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.browser.site import Site
from tests.pages.browser.templates import pages
from tests.pages.browser.walk import DESKTOP, PHONE, Look, Walk, walked
from tests.pages.person import EMAIL, PASSWORD
from tests.pages.texts import catalogues, read

DATA = (
    r"Identity provider",  # the operator's name
    r"Cuartos y Techos",
    r"(\S+ )?(Jane|June|Jim|Jo|Jack) Doe|[A-Z]",
    r"\S+@example\.com",
    r"127\.0\.0\.1:\d+",
    r"Chrom(e|ium) en Linux",
    r"(hace \d{1,2} \w+|\d{1,2} \w{3} \d{4}(, \d{1,2}:\d\d UTC)?)( · Chrom(e|ium) en Linux)?( · [\d.]+)?",
    r"\+1 415-555-0123",
    r"[·.]",
)
"""What is on a page and no text of ours: names, addresses, moments."""


@pytest.fixture(scope="module")
async def walk(chromium: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    looks: tuple[Look, ...] = (("light", DESKTOP), ("dark", PHONE))
    return await walked(chromium, tmp_path_factory.mktemp("walk"), template, "es-MX", looks)


async def test_every_page_is_accessible_and_fits(walk: Walk) -> None:
    """WCAG 2.2 AA; Spanish words are longer."""
    assert walk.problems == []
    assert walk.templates == pages()


async def test_every_page_says_that_it_is_spanish(walk: Walk) -> None:
    """WCAG 2.2, 3.1.1."""
    assert walk.languages == {"es"}


async def test_every_text_on_them_is_spanish(walk: Walk) -> None:
    known = re.compile("|".join([*spanish(), *DATA]))
    ended = re.compile(r"(?<=[.:?]) (?=[A-ZÁÉÍÓÚ¿¡])")

    strange = {
        text: stop
        for text, stop in walk.texts.items()
        if not known.fullmatch(text)
        and not all(known.fullmatch(part) or known.fullmatch(part.rstrip(".:")) for part in parts(text, ended))
    }

    assert strange == {}
    assert len(walk.texts) > 150


def parts(text: str, ended: re.Pattern[str]) -> list[str]:
    """A window's title is the page's and the operator's; some paragraphs are two texts."""
    return [sentence for part in text.split(" · ") for sentence in ended.split(part)]


def spanish() -> Iterator[str]:
    """Our texts as the catalogue has them; anything where something is filled in."""
    (file,) = (one for one in catalogues() if one.stem == "es")
    for message in read(file):
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        for form in forms:
            if message.id and form:
                text = re.escape(" ".join(form.split())).replace("%%", "%")
                yield re.sub(r"%\\\((\w+)\\\)s", ".+", text)


@pytest.fixture
async def spanish_page(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(locale="es-ES")
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def test_signing_in_to_an_app_by_the_words_on_the_page(site: Site, spanish_page: Page) -> None:
    page = spanish_page
    await site.add_app(texts={"client_name#es": "Cuartos y Techos"})
    await site.idp.add_account(EMAIL, PASSWORD)

    await page.goto(site.authorize())
    await expect(page.get_by_text("para continuar en Cuartos y Techos")).to_be_visible()
    await page.get_by_label("Correo electrónico").fill(EMAIL)
    await page.get_by_label("Contraseña").fill("no es esta")
    await page.get_by_role("button", name="Iniciar sesión").click()
    await expect(page.get_by_role("alert")).to_contain_text("no son correctos")
    await page.get_by_label("Contraseña").fill(PASSWORD)
    await page.get_by_role("button", name="Iniciar sesión").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("¿Permitir Cuartos y Techos?")
    await page.get_by_role("button", name="Permitir", exact=True).click()

    await expect(page.locator("#state")).to_have_text("xyz")


async def test_an_account_and_its_mail_by_the_words_on_the_page(site: Site, spanish_page: Page) -> None:
    page = spanish_page
    await page.goto(site.url + "/login")
    await page.get_by_role("link", name="Crear una cuenta").click()
    for label, typed in (("Nombre", "Juana"), ("Apellidos", "Pérez"), ("Correo electrónico", EMAIL)):
        await page.get_by_label(label, exact=True).fill(typed)
    for label in ("Contraseña nueva", "La misma contraseña otra vez"):
        await page.get_by_label(label).fill(PASSWORD)
    await page.get_by_role("button", name="Crear la cuenta").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Revise su correo electrónico")

    await page.goto((await site.idp.last_mail(EMAIL)).data["link"])
    await page.get_by_role("button", name="Confirmar").click()
    await page.get_by_role("link", name="Contraseña").click()
    for label, typed in (("Contraseña actual", PASSWORD), ("Contraseña nueva", "x"), ("La misma contraseña", "x")):
        await page.get_by_label(label).fill(typed)
    await page.get_by_role("button", name="Cambiar la contraseña").click()

    await expect(page.get_by_text("Es demasiado corta.")).to_be_visible()
    await page.get_by_role("button", name="Cerrar sesión").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sesión cerrada")
