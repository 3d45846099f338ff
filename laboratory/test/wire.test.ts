import { DelayLine } from '../src/wire/delay-line';
import { parseFaultChange, SOUND_WIRE } from '../src/wire/fault';
import { LossRule } from '../src/wire/loss-rule';
import { readSegment, type TransportSegment } from '../src/wire/wire-frame';

const VXLAN_FRAME = Buffer.from(
  [
    '0242ac14000c0242ac14000b0800', // Ethernet
    '4500005f00004000401100001a2b3c4d5e6f7081'.replace('1a2b3c4d5e6f7081', 'ac14000bac14000c'), // IPv4, UDP
    'c00012b5004b0000', // UDP to 4789
    '0800000000002a00', // VXLAN, VNI 42
    '0ea10a0201000ea10a0200000800', // inner Ethernet
    '4500002dbeef40003f0600000a0200050a020107', // inner IPv4, TCP
    'd2f01f90a1b2c3d4010203045018020000000000', // TCP 54000 > 8080, PSH ACK
    '68656c6c6f', // "hello"
  ].join(''),
  'hex'
);

const segment = (change: Partial<TransportSegment> = {}): TransportSegment => ({
  l4Proto: 'tcp',
  srcIp: '10.2.0.5',
  srcPort: 54000,
  dstIp: '10.2.1.7',
  dstPort: 8080,
  ipId: 1,
  seq: 1,
  ack: 1,
  flags: 0x18,
  payloadBytes: 100,
  payloadOffset: 0,
  vni: 42,
  ...change,
});

describe('frames on the wire', () => {
  it('are read to the segment inside of the tunnel', () => {
    expect(readSegment(VXLAN_FRAME)).toEqual({
      l4Proto: 'tcp',
      srcIp: '10.2.0.5',
      srcPort: 54000,
      dstIp: '10.2.1.7',
      dstPort: 8080,
      ipId: 0xbeef,
      seq: 0xa1b2c3d4,
      ack: 0x01020304,
      flags: 0x18,
      payloadBytes: 5,
      payloadOffset: VXLAN_FRAME.length - 5,
      vni: 42,
    });
  });

  it('never make the reader fail, wherever they are cut', () => {
    for (let length = 0; length < VXLAN_FRAME.length - 5; length++) {
      expect(readSegment(VXLAN_FRAME.subarray(0, length))?.l4Proto).not.toBe('tcp');
    }
  });

  it('are not segments where they are fragments or not IPv4', () => {
    const fragment = Buffer.from(VXLAN_FRAME);
    fragment.writeUInt16BE(0x2000, 14 + 6);
    const arp = Buffer.from(VXLAN_FRAME);
    arp.writeUInt16BE(0x0806, 12);
    expect(readSegment(fragment)).toBeNull();
    expect(readSegment(arp)).toBeNull();
  });
});

describe('the loss rule', () => {
  const lost = (fault: Partial<typeof SOUND_WIRE>, segments: readonly TransportSegment[], seed = 1): boolean[] => {
    const rule = new LossRule(seed);
    return segments.map((s) => rule.loses(s, 'a-to-b', { ...SOUND_WIRE, ...fault }));
  };
  const many = Array.from({ length: 2000 }, () => segment());

  it('loses nothing on a sound wire', () => {
    expect(lost({}, many)).not.toContain(true);
  });

  it('loses every Nth segment of each connection by itself', () => {
    const other = segment({ srcPort: 54001 });
    expect(lost({ everyNth: 2 }, [segment(), other, segment(), other, segment()])).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('loses about the given share, the same segments for the same seed', () => {
    const first = lost({ loss: 0.1 }, many);
    const count = first.filter(Boolean).length;
    expect(count).toBeGreaterThan(150);
    expect(count).toBeLessThan(250);
    expect(lost({ loss: 0.1 }, many)).toEqual(first);
    expect(lost({ loss: 0.1 }, many, 2)).not.toEqual(first);
  });

  it.each([
    ['bare acknowledgements', {}, segment({ payloadBytes: 0 })],
    ['UDP', {}, segment({ l4Proto: 'udp' })],
    ['what is not in the tunnel', {}, segment({ vni: null })],
    ['the other direction', { direction: 'b-to-a' as const }, segment()],
    ['other ports than the marked one', { port: 9090 }, segment()],
  ])('spares %s', (_, fault, spared) => {
    expect(lost({ loss: 1, ...fault }, [spared])).toEqual([false]);
  });

  it('drops bare acknowledgements where lossOn says any', () => {
    expect(lost({ loss: 1, lossOn: 'any' }, [segment({ payloadBytes: 0 })])).toEqual([true]);
  });
});

describe('the delay line', () => {
  it('hands frames out when they are due, in order, also when the delay becomes shorter', () => {
    const line = new DelayLine();
    const [first, second] = [Buffer.from('1'), Buffer.from('2')];
    line.push(first, 50);
    line.push(second, 12);
    expect(line.nextDueMs()).toBe(50);
    expect(line.shift(49.9)).toBeUndefined();
    expect(line.shift(50)).toBe(first);
    expect(line.shift(50)).toBe(second);
    expect(line.nextDueMs()).toBe(Infinity);
  });
});

describe('a change of the fault', () => {
  it('names what it changes', () => {
    expect(parseFaultChange('{"loss":0.1,"port":null}')).toEqual({ ok: true, change: { loss: 0.1, port: null } });
  });

  it.each(['loss=1', '{"loss":7}', '{"lost":0.1}', '[]', '{"delayMs":-1}'])('is refused: %s', (line) => {
    const parsed = parseFaultChange(line);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.reason).not.toBe('');
  });
});
