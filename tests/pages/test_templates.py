"""An operator's templates."""

from pathlib import Path

from idp.testing.provider import provider_at
from tests.pages.person import Person


async def test_one_stands_in_for_ours(tmp_path: Path, template: Path) -> None:
    own = tmp_path / "pages"
    own.mkdir()
    (own / "signed_out.html").write_text('<p id="logged-out">All is well, {{ brand.name }}.</p>')

    async with provider_at(tmp_path / "data", template=template, pages={"templates": own}) as idp, idp.browser() as b:
        person = Person(b)
        replaced = await person.open("/logout")
        ours = await person.open("/login")

    assert replaced.text == '<p id="logged-out">All is well, Identity provider.</p>'
    assert 'id="login-form"' in ours.text


async def test_one_adds_to_ours(tmp_path: Path, template: Path) -> None:
    own = tmp_path / "pages"
    own.mkdir()
    (own / "login.html").write_text(
        '{% extends "ours/login.html" %}{% block beside %}{{ super() }}<p id="own">Ask us.</p>{% endblock %}'
    )

    async with provider_at(tmp_path / "data", template=template, pages={"templates": own}) as idp, idp.browser() as b:
        answer = await Person(b).open("/login")

    assert 'id="login-form"' in answer.text
    assert 'id="own"' in answer.text


async def test_what_people_wrote_is_escaped_in_both(tmp_path: Path, template: Path) -> None:
    """Row 103."""
    own = tmp_path / "pages"
    own.mkdir()
    (own / "forgot.html").write_text(
        '{{ email }}<form id="forgot-form" method="post"><input name="csrf" value="{{ csrf }}">'
    )

    async with provider_at(tmp_path / "data", template=template, pages={"templates": own}) as idp, idp.browser() as b:
        person = Person(b)
        await person.open("/forgot")
        answer = await person.send("forgot-form", email="<script>")

    assert answer.text.startswith("&lt;script&gt;")
