-- hazard: none
UPDATE settings SET value = 'on' WHERE name = 'new_checkout';
