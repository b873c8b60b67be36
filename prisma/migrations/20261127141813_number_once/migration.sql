-- AlterTable
ALTER TABLE "staged_event" ADD COLUMN     "fires" BOOLEAN NOT NULL DEFAULT true;

-- Each call numbers all events of the transaction: a thousand calls for a thousand events found nothing left 999 times,
-- and took 145 ms instead of 32 (2026-11-27). A server of before stages events that all fire, as before.
DROP TRIGGER number_events ON staged_event;
CREATE CONSTRAINT TRIGGER number_events AFTER INSERT ON staged_event
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.fires) EXECUTE FUNCTION number_events();
