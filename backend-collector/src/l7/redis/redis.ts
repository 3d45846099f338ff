/** Redis and what speaks like it (Valkey, KeyDB, Dragonfly): RESP2, RESP3, inline commands. */
import { type L7Protocol } from '../protocol';
import { RedisParser } from './parser';
import { probeRedis } from './probe';

export const redis: L7Protocol = {
  name: 'redis',
  probe: probeRedis,
  createParser: (events) => new RedisParser(events),
};
