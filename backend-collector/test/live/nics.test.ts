import { linkDumpRequest, parseLinkMessages, type Link } from '../../src/capture/nics/link-message';
import { nicSelection } from '../../src/capture/nics/nic-pattern';
import { NIC_EXCLUDED, NicTable } from '../../src/capture/nics/nic-table';

const ethernet = { hardwareType: 1, mtu: 1500 } as const;
const loopback = { index: 1, name: 'lo', hardwareType: 772, mtu: 65536 } as const;

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}
const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function message(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeUInt16LE(type, 4);
  return Buffer.concat([header, body]);
}

function newLink(index: number, hardwareType: number, ...attributes: readonly Buffer[]): Buffer {
  const info = Buffer.alloc(16);
  info.writeUInt16LE(hardwareType, 2);
  info.writeInt32LE(index, 4);
  return message(16, Buffer.concat([info, ...attributes]));
}

const vethMessage = newLink(
  7,
  1,
  attribute(3, text('veth7')),
  attribute(1, Buffer.from('02000000000a', 'hex')),
  attribute(4, word(1450)),
  attribute(5, word(3)),
  attribute(10, word(4)),
  attribute(37, word(2)),
  attribute(0x8000 | 18, Buffer.concat([attribute(1, text('veth')), attribute(2, Buffer.alloc(8))]))
);

describe('rtnetlink messages', () => {
  it('say what a link is', () => {
    expect(parseLinkMessages(Buffer.concat([vethMessage, message(3, word(0))]))).toEqual({
      done: true,
      links: [
        {
          index: 7,
          name: 'veth7',
          hardwareType: 1,
          mac: '02:00:00:00:00:0a',
          mtu: 1450,
          kind: 'veth',
          peerIndex: 3,
          masterIndex: 4,
          peerNamespaceId: 2,
        },
      ],
    });
  });

  it('carry errors', () => {
    expect(parseLinkMessages(message(2, word(-1)))).toEqual({ links: [], done: true, errno: 1 });
  });

  it('cut short anywhere give what is whole, and never throw', () => {
    const two = Buffer.concat([newLink(1, 772, attribute(3, text('lo'))), vethMessage]);
    for (let length = 0; length <= two.length; length++) {
      const { links } = parseLinkMessages(two.subarray(0, length));
      expect(links.length).toBe(length === two.length ? 2 : length >= two.length - vethMessage.length ? 1 : 0);
    }
  });

  it('with attributes longer than the message give the link without them', () => {
    const broken = newLink(9, 1, Buffer.from([0xff, 0xff, 3, 0, 1, 2, 3, 4]));
    expect(parseLinkMessages(broken).links).toMatchObject([{ index: 9, name: 'if9' }]);
  });

  it('ask for a dump of all links', () => {
    const request = linkDumpRequest(5);
    expect([request.readUInt32LE(0), request.readUInt16LE(4), request.readUInt16LE(6)]).toEqual([40, 18, 0x301]);
  });
});

describe('NIC patterns', () => {
  it.each([
    [[], ['lo', 'eth0', 'veth1']],
    [['eth0'], ['eth0']],
    [['*eth*'], ['eth0', 'veth1']],
    [['eth?'], ['eth0']],
    [['!lo'], ['eth0', 'veth1']],
    [['*eth*', '!veth*'], ['eth0']],
    [['et.0'], []],
  ])('%j select %j', (patterns, expected) => {
    const { selects } = nicSelection(patterns);
    expect(['lo', 'eth0', 'veth1'].filter((name) => selects(name))).toEqual(expected);
  });

  it('must not be empty', () => {
    expect(() => nicSelection(['!'])).toThrow(/"!" is not a NIC pattern/);
  });
});

describe('the NIC table', () => {
  const tableOf = (
    links: Link[],
    patterns: readonly string[] = []
  ): { readonly table: NicTable; readonly dumps: () => number } => {
    let dumps = 0;
    const list = (): readonly Link[] => {
      dumps++;
      return [...links];
    };
    const namespaces = [{ name: 'own', hostNetwork: true }];
    return { table: new NicTable(namespaces, nicSelection(patterns), list), dumps: () => dumps };
  };

  it('asks once for what it does not know, and never again', () => {
    const { table, dumps } = tableOf([loopback, { ...ethernet, index: 300, name: 'eth0', kind: 'veth' }]);
    const id = table.idOf(0, 300);
    expect(table.nics[id]).toMatchObject({ name: 'eth0', ifIndex: 300, virtual: true, linkType: 1, netns: 'own' });
    expect(table.mtuOf(id)).toBe(1500);
    table.idOf(0, 300);
    table.idOf(0, 1);
    expect(dumps()).toBe(1);
  });

  it('calls a NIC that is gone by its index, and asks for it once', () => {
    const { table, dumps } = tableOf([loopback]);
    expect(table.nics[table.idOf(0, 42)].name).toBe('if42');
    expect(table.nics[table.idOf(0, 100_000)].name).toBe('if100000');
    table.idOf(0, 42);
    table.idOf(0, 100_000);
    expect(dumps()).toBe(2);
  });

  it('knows indexes of any size', () => {
    const { table } = tableOf([{ ...ethernet, index: 2 ** 31 - 1, name: 'far0' }]);
    expect(table.nics[table.idOf(0, 2 ** 31 - 1)].name).toBe('far0');
  });

  it('gives a renamed NIC a new entry, and keeps the old one', () => {
    const links: Link[] = [{ ...ethernet, index: 5, name: 'tmp0' }];
    const { table } = tableOf(links);
    const before = table.idOf(0, 5);
    links[0] = { ...links[0], name: 'eth0' };
    table.refresh(0);
    const after = table.idOf(0, 5);
    expect([table.nics[before].name, table.nics[after].name]).toEqual(['tmp0', 'eth0']);
    table.refresh(0);
    expect(table.nics.length).toBe(2);
  });

  it('forgets NICs that are gone, but not the packets that are on their way', () => {
    const links: Link[] = [loopback, { ...ethernet, index: 2, name: 'eth0' }];
    const { table, dumps } = tableOf(links, ['!lo']);
    const id = table.idOf(0, 2);
    links.splice(0, 2, { ...ethernet, index: 3, name: 'eth1' });
    table.refresh(0);
    expect(table.allNames()).toEqual(['eth1']);
    expect(table.excludedIndexes(0)).toEqual([]);
    expect(table.idOf(0, 2)).toBe(id);
    expect(dumps()).toBe(2);
  });

  it('lists what is not selected, for the filter', () => {
    const { table } = tableOf([loopback, { ...ethernet, index: 2, name: 'eth0' }], ['eth*']);
    expect(table.idOf(0, 1)).toBe(NIC_EXCLUDED);
    expect(table.excludedIndexes(0)).toEqual([1]);
    expect(table.nics.map((nic) => nic.name)).toEqual(['eth0']);
    expect(table.allNames()).toEqual(['lo', 'eth0']);
  });

  it('knows which NICs have no Ethernet header', () => {
    const { table } = tableOf([{ index: 3, name: 'tun0', hardwareType: 65534, kind: 'tun' }]);
    expect(table.nics[table.idOf(0, 3)].linkType).toBe(101);
  });
});
