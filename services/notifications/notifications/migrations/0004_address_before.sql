-- Where mails went before the address of a person changed, until that is told there.
ALTER TABLE contacts ADD COLUMN email_before text;
