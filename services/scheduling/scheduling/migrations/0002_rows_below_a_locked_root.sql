-- Whoever writes a place writes its session in the same transaction, under the timetable's lock. A reference asked for
-- the session once more for each place. The auditor looks for sessions that are missing (docs/adr/0011-locked-roots.md).
ALTER TABLE places DROP CONSTRAINT places_session_id_fkey;
