DROP INDEX pause_running_once;
DROP TRIGGER clearance_guard ON clearance;
DROP FUNCTION clearance_guard;
DROP TRIGGER risk_period_guard ON risk_period;
DROP FUNCTION risk_period_guard;
