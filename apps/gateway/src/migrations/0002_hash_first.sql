-- Every index begins with a hash that is unique by itself. An index that begins with the tenant looks as good as any
-- other to a plan that is made while the tables are empty; such a plan is kept by prepared statements and then reads
-- all of a tenant for each message, until the first ANALYZE.
ALTER TABLE received_message DROP CONSTRAINT received_message_pkey, ADD PRIMARY KEY (event_id, tenant);
ALTER TABLE refused_message DROP CONSTRAINT refused_message_pkey, ADD PRIMARY KEY (event_id, tenant);
ALTER TABLE failed_message DROP CONSTRAINT failed_message_pkey, ADD PRIMARY KEY (event_id, tenant, service);

DROP INDEX received_message_content, received_message_control, received_message_message;
CREATE INDEX received_message_content ON received_message (content_hash);
CREATE INDEX received_message_control ON received_message (control_hash, appended_at);
CREATE INDEX received_message_message ON received_message (message_id) WHERE parts > 1;

DROP INDEX refused_message_content, refused_message_control;
CREATE INDEX refused_message_content ON refused_message (content_hash);
CREATE INDEX refused_message_control ON refused_message (control_hash, appended_at);
