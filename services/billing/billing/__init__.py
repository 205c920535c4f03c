"""Billing: what each payer owes, told by invoices and credit notes."""
