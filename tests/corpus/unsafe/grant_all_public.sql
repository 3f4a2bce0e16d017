-- hazard: grant-to-public
GRANT ALL ON accounts TO PUBLIC;
