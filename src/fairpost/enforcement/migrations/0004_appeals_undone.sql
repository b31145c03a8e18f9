DROP TRIGGER appeal_guard ON appeal;
DROP FUNCTION appeal_guard;
DROP TRIGGER appeal_kept ON appeal;
DROP TRIGGER appeal_ruling_kept ON appeal_ruling;
DROP TRIGGER appeal_act_kept ON appeal_act;
