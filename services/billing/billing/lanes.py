"""Billing's lanes: the work that is not the handling of a message."""

from __future__ import annotations

from billing.documents.renderer import Renderer
from billing.issuer import Issuer, Terms
from billing.settings import Settings
from billing.store import drafts
from billing.vat import load_table
from spn.messaging.lanes import Lane
from spn.messaging.policies import Connection


def issuer_lane(settings: Settings, renderer: Renderer) -> Lane:
    """Numbers ready drafts. Alone: see Issuer. It starts ``renderer`` when needed; closing it is the caller's."""
    terms = Terms(
        seller=settings.seller,
        vat=load_table(settings.billing_vat_table, crkbo=settings.billing_seller_crkbo),
        series=settings.billing_series,
        payment_days=settings.billing_payment_days,
    )
    return Lane("issuer", Issuer(terms, renderer).work, _ready, alone=True)


async def _ready(connection: Connection) -> int:
    """Drafts that could have a number, those put off after a failure too; not those that wait for an address."""
    return (await drafts.waiting(connection)).ready
