-- The journal and the side tables of all registries of this database. Every key begins with the registry, and every
-- registry has partitions of its own, so that one municipality's rows lie together, are erased without touching another's,
-- and may lie on a server of their own.

CREATE TABLE mo.registry (
    name    text COLLATE "C" PRIMARY KEY,
    number  integer NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE mo.registry IS 'The registries; the number names the partitions entry_N and side_row_N and the channel mo_N.';

CREATE TABLE mo.entry (
    registry      text COLLATE "C" NOT NULL,
    revision      bigint NOT NULL CHECK (revision BETWEEN 1 AND 4294967295),
    registered_at timestamptz NOT NULL,
    id            uuid NOT NULL,
    crc           integer NOT NULL,
    bytes         bytea NOT NULL,
    length        integer NOT NULL GENERATED ALWAYS AS (octet_length(bytes)) STORED,
    PRIMARY KEY (registry, revision)
) PARTITION BY LIST (registry);
COMMENT ON TABLE mo.entry IS 'The journals: one row per registration, as JSON in UTF-8; convert_from(bytes, ''UTF8'') shows it.';
COMMENT ON COLUMN mo.entry.crc IS 'CRC-32 of revision, registered_at, id (big-endian; microseconds since 1970) and bytes.';

CREATE TABLE mo.side (
    registry text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,
    personal boolean NOT NULL,
    PRIMARY KEY (registry, name)
);
COMMENT ON TABLE mo.side IS 'The side tables, and whether their rows may hold content about people.';

CREATE TABLE mo.side_row (
    registry text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,
    key      bytea NOT NULL,
    value    bytea NOT NULL,
    about    uuid[] NOT NULL,
    PRIMARY KEY (registry, name, key)
) PARTITION BY LIST (registry);
CREATE INDEX side_row_about ON mo.side_row USING gin (about);
COMMENT ON COLUMN mo.side_row.about IS 'The objects the row is about, so that erasure finds it; empty in a plain table.';

-- Makes a registry, or gives the number of the one there is. The partitions are attached rather than made as partitions:
-- attaching does not wait for the statements of other registries, nor they for it. No statistics are kept of columns
-- with content, since a statistic is a copy that no erasure would reach.
CREATE FUNCTION mo.make_registry(wanted text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    made integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7237, 1);
    SELECT number INTO made FROM mo.registry WHERE name = wanted;
    IF FOUND THEN
        RETURN made;
    END IF;
    INSERT INTO mo.registry (name) VALUES (wanted) RETURNING number INTO made;
    EXECUTE format('CREATE TABLE mo.entry_%s (LIKE mo.entry INCLUDING ALL)', made);
    EXECUTE format('ALTER TABLE mo.entry_%s ALTER bytes SET STATISTICS 0', made);
    EXECUTE format('ALTER TABLE mo.entry ATTACH PARTITION mo.entry_%s FOR VALUES IN (%L)', made, wanted);
    EXECUTE format('CREATE TABLE mo.side_row_%s (LIKE mo.side_row INCLUDING ALL)', made);
    EXECUTE format(
        'ALTER TABLE mo.side_row_%s ALTER key SET STATISTICS 0, ALTER value SET STATISTICS 0, ALTER about SET STATISTICS 0',
        made);
    EXECUTE format('ALTER TABLE mo.side_row ATTACH PARTITION mo.side_row_%s FOR VALUES IN (%L)', made, wanted);
    RETURN made;
END
$$;

ALTER TABLE mo.entry ALTER bytes SET STATISTICS 0;
ALTER TABLE mo.side_row ALTER key SET STATISTICS 0, ALTER value SET STATISTICS 0, ALTER about SET STATISTICS 0;
