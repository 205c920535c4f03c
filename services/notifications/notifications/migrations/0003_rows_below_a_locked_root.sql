-- Whoever writes a thread or a message has made sure of the contact's row and holds its lock in the same transaction
-- (Contacts.load). A reference asked for that row once more, for each of some twenty rows an enrolment. The auditor
-- looks for contacts that are missing (docs/adr/0011-locked-roots.md, with what it cost).
ALTER TABLE threads DROP CONSTRAINT threads_person_id_fkey;
ALTER TABLE messages DROP CONSTRAINT messages_person_id_fkey;
