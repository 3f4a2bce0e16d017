-- hazard: index-not-concurrent
CREATE UNIQUE INDEX daily_totals_day_idx ON daily_totals (day);
