"""What a change of who somebody is does to their links."""

from __future__ import annotations

from enrolment.commands import SubstituteParticipant
from services.enrolment.tests.pages.house import House, about, ticket_in


async def test_a_link_of_who_was_erased_opens_nothing_also_after_a_colleague_took_over(house: House) -> None:
    (anna,) = await house.opened("anna")
    former = await house.link(anna)
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example", "language": "nl"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=colleague)))
    assert (await house.http.get(former)).status_code == 200
    await house.pool.execute(
        "UPDATE people SET email = 'erased-' || person_id || '@erased.invalid' WHERE email LIKE 'anna@%'"
    )
    assert (await house.http.get(former)).status_code == 404
    assert (await house.http.get(await house.link(anna))).status_code == 200


async def test_who_changes_their_address_is_led_to_a_fresh_link_and_the_old_one_opens_nothing(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    form = (await house.http.get(f"{link}/gegevens-wijzigen")).text
    details = {"participant.name": "Anna", "participant.email": "new@x.example", "participant.language": "nl"}
    sent = await house.http.post(f"{link}/gegevens-wijzigen", data={**details, "ticket": ticket_in(form)})
    done = (await house.answered(sent)).text
    assert "Eerdere persoonlijke links werken niet meer." in done
    assert "Nieuwe link aanvragen" in done
    assert f'href="{link}"' in done
    expired = await house.http.get(link)
    assert (expired.status_code, "/nieuwe-link" in expired.text) == (404, True)
    asked = await house.http.post(f"{link}/nieuwe-link", data={"ticket": ticket_in(expired.text)})
    assert asked.status_code == 202
    assert await house.decide() == 1
    assert await house.pool.fetchval("SELECT link_version FROM enrolments") == 2
    assert (await house.http.get(await house.link(anna))).status_code == 200


async def test_who_changes_only_their_name_keeps_the_link(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    form = (await house.http.get(f"{link}/gegevens-wijzigen")).text
    email = await house.pool.fetchval("SELECT email FROM people WHERE email LIKE 'anna@%'")
    details = {"participant.name": "Anna Bakker", "participant.email": email, "participant.language": "nl"}
    sent = await house.http.post(f"{link}/gegevens-wijzigen", data={**details, "ticket": ticket_in(form)})
    assert "Terug naar uw inschrijving" in (await house.answered(sent)).text
    assert "Anna Bakker" in (await house.http.get(link)).text
