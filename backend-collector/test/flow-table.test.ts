import fc from 'fast-check';
import { type Flow } from '../src/flow/flow';
import { FlowTable } from '../src/flow/flow-table';
import { ActivityList, ActivityLists } from '../src/flow/activity-lists';
import { Decoded } from '../src/wire/decoded';

interface Key {
  readonly v6: boolean;
  readonly a: number;
  readonly b: number;
  readonly portA: number;
  readonly portB: number;
  readonly vlan: number;
  readonly vni: number;
  readonly nic: number;
}

const keyOf = fc.record<Key>({
  v6: fc.boolean(),
  a: fc.constantFrom(1, 2, -1, 0x7fffffff),
  b: fc.constantFrom(1, 2, -5),
  portA: fc.constantFrom(1, 40000, 65535),
  portB: fc.constantFrom(1, 80, 65535),
  vlan: fc.constantFrom(0, 1, 4095),
  vni: fc.constantFrom(0, 1, 0xffffff),
  nic: fc.constantFrom(0, 1, 2),
});

function packet(key: Key, back: boolean): Decoded {
  const d = new Decoded();
  d.ipVersion = key.v6 ? 6 : 4;
  d.protocol = 6;
  // IPv6 addresses differ in the last word only: the hardest case.
  const src = back ? key.b : key.a;
  const dst = back ? key.a : key.b;
  if (key.v6) {
    d.src0 = d.dst0 = 0x20010db8;
    d.src3 = src;
    d.dst3 = dst;
  } else {
    d.src0 = src;
    d.dst0 = dst;
  }
  d.srcPort = back ? key.portB : key.portA;
  d.dstPort = back ? key.portA : key.portB;
  d.vlanKey = key.vlan;
  d.vlanCount = key.vlan === 0 ? 0 : 1;
  d.vni = key.vni;
  d.tunnel = key.vni === 0 ? 0 : 1;
  return d;
}

/** The same for both directions; different wherever the table must distinguish flows. */
function name(key: Key): string {
  const ends = [`${key.a}:${key.portA}`, `${key.b}:${key.portB}`].sort();
  return [key.v6, ...ends, key.vlan, key.vni, key.nic].join(' ');
}

describe('the flow table', () => {
  it('finds, adds and removes as a map does, whichever direction asks', () => {
    const action = fc.record({ key: keyOf, back: fc.boolean(), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const table = new FlowTable(1);
        const model = new Map<string, Flow>();
        for (const { key, back, remove } of actions) {
          const d = packet(key, back);
          const found = table.find(d, key.nic);
          expect(found).toBe(model.get(name(key)));
          if (found === undefined) {
            model.set(name(key), table.add(d, key.nic));
          } else if (remove) {
            table.remove(found);
            model.delete(name(key));
          }
          expect(table.size).toBe(model.size);
        }
      })
    );
  });

  it('still finds every flow after it grew and half of them left', () => {
    const table = new FlowTable(1);
    const key = (i: number): Key => ({
      v6: i % 3 === 0,
      a: i,
      b: -i,
      portA: i & 0xffff,
      portB: 80,
      vlan: 0,
      vni: 0,
      nic: 0,
    });
    const flows = Array.from({ length: 20_000 }, (_, i) => {
      expect(table.find(packet(key(i), false), 0)).toBeUndefined();
      return table.add(packet(key(i), false), 0);
    });
    flows.forEach((flow, i) => i % 2 === 0 && table.remove(flow));
    flows.forEach((flow, i) => expect(table.find(packet(key(i), true), 0)).toBe(i % 2 === 0 ? undefined : flow));
    expect(table.size).toBe(10_000);
  });

  it('says which side sent', () => {
    const table = new FlowTable(1);
    const key: Key = { v6: false, a: 5, b: 9, portA: 1, portB: 2, vlan: 0, vni: 0, nic: 0 };
    table.find(packet(key, false), 0);
    const there = table.side;
    table.find(packet(key, true), 0);
    expect(table.side).toBe(1 - there);
  });
});

describe('the activity lists', () => {
  it('keep each flow in one list, in the order of its last move', () => {
    const lists = [ActivityList.Active, ActivityList.Quiet, ActivityList.Closing] as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.constantFrom(...lists, undefined))), (moves) => {
        const activity = new ActivityLists();
        const model = new Map<ActivityList, number[]>(lists.map((list) => [list, []]));
        for (const [index, list] of moves) {
          for (const [key, members] of model) {
            model.set(
              key,
              members.filter((i) => i !== index)
            );
          }
          if (list === undefined) {
            activity.unlink(index);
          } else {
            activity.moveTo(list, index);
            model.get(list)?.push(index);
          }
          for (const each of lists) {
            expect(activity.first(each)).toBe(model.get(each)?.[0] ?? -1);
          }
        }
      })
    );
  });
});
