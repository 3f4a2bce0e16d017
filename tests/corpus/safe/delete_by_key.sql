-- hazard: none
DELETE FROM settings WHERE name = 'old_checkout';
