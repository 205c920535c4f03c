"""Enrolment as a process: what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from enrolment import check_cli, cli, link_cli
from enrolment.commands import LapseOffer
from enrolment.domain.turn import GUEST_LAPSE, OFFER_LAPSE, WAKE_UPS
from enrolment.links import Links
from enrolment.policies import policies
from enrolment.settings import Settings
from enrolment.sweeping import sweeping
from spn.entry import entry
from spn.http_edge import SharedEdge
from spn.messaging.admission import Limits
from spn.messaging.firing import Gate
from spn.messaging.uptime import MercyGate, beating
from spn.service import Parts, Service

if TYPE_CHECKING:
    from fastapi import APIRouter


def build(settings: Settings) -> Parts:
    """The parts of the service."""
    grace = timedelta(minutes=settings.enrolment_lapse_grace_minutes)
    limits = Limits(settings.enrolment_http_requests_max, settings.enrolment_http_backlog_max)

    def merciful(service: Service) -> dict[str, Gate]:
        def gate(excuse_by: Callable[[], datetime] | None = None) -> MercyGate:
            return MercyGate(lambda: service.subscription(LapseOffer.topic), grace, excuse_by)

        return {OFFER_LAPSE: gate(service.clock.now), GUEST_LAPSE: gate(), WAKE_UPS["start"]: gate()}

    shared = SharedEdge(limits)
    url = settings.enrolment_pages_url
    links = Links(settings.pages_secrets, url) if settings.pages_secrets and url else None

    def edge(service: Service) -> APIRouter:
        from enrolment.http.posting import POSTING
        from spn.commands_http import command_routes  # consumers need not wait for HTTP

        return command_routes(POSTING, shared)(service)

    def session(service: Service) -> APIRouter:
        from enrolment.organiser.addresses import HOME
        from spn.rights.login import session_routes

        return session_routes(HOME)(service)

    def shown(service: Service) -> APIRouter:
        from enrolment.http.routes import resources

        return resources(shared)(service)

    def pages(service: Service) -> APIRouter:
        from enrolment.pages.routes import page_routes  # nor for templates

        contact = settings.enrolment_pages_contact
        return page_routes(settings.pages_secrets, shared, public_url=url, contact=contact)(service)

    def organisers(service: Service) -> APIRouter:
        from enrolment.organiser.routes import organiser_routes

        return organiser_routes(
            settings.pages_secrets,
            shared,
            public_url=settings.enrolment_pages_url,
            contact=settings.enrolment_pages_contact,
            is_local=settings.spn_profile == "local",
        )(service)

    return Parts(
        "enrolment",
        policies(links),
        migrations="enrolment.migrations",
        gates=merciful,
        routes=(edge, session, shown, pages, organisers),
        tasks=(beating, sweeping),
    )


main = entry(build, Settings, cli.app, link_cli.app, check_cli.app)
