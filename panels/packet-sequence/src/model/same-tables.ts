import { type PacketTable } from './packets';

const COLUMNS = ['tNs', 'lane', 'fromFar', 'flags', 'seq', 'ack', 'len', 'win', 'ana', 'chunk', 'tag'] as const;

/** The same packets at the same lanes with the same tags. */
export function sameTables(a: PacketTable, b: PacketTable): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.baseNs === b.baseNs &&
      a.part === b.part &&
      sameData(a.lanes, b.lanes) &&
      sameData(a.tags, b.tags) &&
      COLUMNS.every((name) => sameNumbers(a[name], b[name])) &&
      sameNumbers(a.ways.first, b.ways.first) &&
      sameData([...a.ways.several, ...a.ways.fates], [...b.ways.several, ...b.ways.fates]))
  );
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}

const sameData = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && JSON.stringify(a, exact) === JSON.stringify(b, exact);

const exact = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
