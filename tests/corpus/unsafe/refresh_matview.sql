-- hazard: refresh-matview
REFRESH MATERIALIZED VIEW daily_totals;
