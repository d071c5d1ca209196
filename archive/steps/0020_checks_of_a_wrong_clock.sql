-- What a clock that was ahead has checked is found without reading all rows.
CREATE INDEX checks_last_checked_at ON checks (last_checked_at);
