-- hazard: fk-not-valid
ALTER TABLE comments ADD CONSTRAINT comments_post_fk
    FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
