/** PostgreSQL and what speaks like it (CockroachDB, pgbouncer, YugabyteDB), protocol 3. */
import { type L7Protocol } from '../protocol';
import { PostgresqlParser } from './parser';
import { probePostgresql } from './probe';

export const postgresql: L7Protocol = {
  name: 'postgresql',
  probe: probePostgresql,
  createParser: (events) => new PostgresqlParser(events),
};
