import { type PacketRow } from '@bpfnet/flow-model';
import { sendCutSuperSegment } from '../../test/cut-super-segment';
import { FOUR_NICS, WireScript } from '../../test/wire-script';
import { connectionStory } from '../connection-story';
import { packetTable } from '../tables/packet-table';

const MSS = 1400;

function tableOf(script: WireScript) {
  const flows = script.flows();
  return packetTable({ flows, story: connectionStory({ flows }) });
}

/** By flow in path order, the transmissions of the packets with payload: `17 17 17 –`. */
function byTransmission(script: WireScript): readonly string[] {
  const { rows, flows } = tableOf(script);
  const own = new Map<string, string>();
  const short = (text: string) =>
    text.replace(/\d+/g, (number) => {
      own.set(number, own.get(number) ?? `${own.size + 1}`);
      return own.get(number)!;
    });
  return flows.map(({ flowId }) =>
    rows
      .filter((row) => row.flowId === flowId && row.len > 0)
      .map(({ transmission }) => short(transmission) || '–')
      .join(' ')
  );
}

function fates(script: WireScript): readonly string[] {
  const { rows, flows } = tableOf(script);
  const place = (flowId: string) => flows.findIndex((meta) => meta.flowId === flowId);
  const text = ({ fate, fateFrom, fateTo, fateBytes, flowId }: PacketRow) =>
    `${fate} ${place(fateFrom)}→${fateTo === '' ? '' : place(fateTo)} ${fateBytes} B, reported at ${place(flowId)}`;
  return rows.filter(({ fate }) => fate !== '').map(text);
}

describe('packets of several NICs', () => {
  it('that are one transmission have one number, and a repetition has its own', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, lostAfter: 1 });
    script.client({ atMs: 210, len: 100, from: 1 });
    script.server({ atMs: 220, len: MSS });
    expect(byTransmission(script)).toEqual(['1 2 3', '1 2 3', '2 3', '2 3']);
    expect(fates(script)).toEqual(['lost 1→2 100 B, reported at 0']);
  });

  it('are matched by their bytes where super-segments are cut', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    sendCutSuperSegment(script, MSS);
    expect(byTransmission(script)).toEqual(['1 2', '1 1 1 1 2', '1 1 1 2', '1 1 1 2']);
    expect(fates(script)).toEqual([`lost 1→2 ${MSS} B, reported at 0`]);
  });

  it('are matched by their bytes where segments are glued: the glued one names all', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    for (let i = 0; i < 3; i++) {
      script.client({ atMs: 10 + i / 100, len: MSS, from: 1 + i * MSS, missedAt: [2, 3], ana: 0 });
    }
    script.client({ atMs: 10.03, len: 3 * MSS, from: 1, missedAt: [0, 1], ana: 0 });
    const { rows, flows } = tableOf(script);
    const glued = rows.find(({ flowId, len }) => flowId === flows[3].flowId && len === 3 * MSS)!;
    const [first] = rows.filter(({ flowId, len }) => flowId === flows[0].flowId && len === MSS);
    expect(glued.transmission).toBe(`${first.transmission}-${Number(first.transmission) + 2}`);
    expect(fates(script)).toEqual([]);
  });

  it('are matched in their order where nothing in them distinguishes them', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    for (let i = 0; i < 200; i++) {
      script.client({ atMs: 10 + i, missedAt: i % 7 === 3 ? [1] : [] });
    }
    const { rows, flows } = tableOf(script);
    const at = (nic: number) =>
      rows.filter((row) => row.flowId === flows[nic].flowId && row.sender === 'client').map((row) => row.transmission);
    expect(at(3)).toEqual(at(0));
    expect(new Set(at(0)).size).toBe(202);
    expect(at(1)).toEqual(at(0).filter((_number, i) => i < 2 || (i - 2) % 7 !== 3));
  });

  it('have times that can be put on one clock, with the bars of that', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    for (let i = 0; i < 8; i++) {
      script.client({ atMs: 10 + 10 * i, len: 100 });
      script.server({ atMs: 15 + 10 * i, len: 100 });
    }
    const { flows, rows, notes } = tableOf(script);
    const clocks = flows.map(({ clock }) => clock!);
    expect(clocks[0]).toEqual({ shiftNs: 0, ifSymmetricNs: 0, atMostNs: 0 });
    expect(clocks[1]).toEqual(clocks[0]);
    expect(clocks[3]).toEqual(clocks[2]);
    expect(clocks[3].atMostNs).toBeGreaterThan(0);
    expect(notes.join(' ')).not.toContain('placed by the clock');
    const shifted = rows.map(({ flowId, tsNs, sender, transmission }) => {
      const at = flows.findIndex((meta) => meta.flowId === flowId);
      return { at, sender, transmission, ns: Number(BigInt(tsNs)) + clocks[at].shiftNs };
    });
    for (const end of shifted.filter(({ at, sender }) => at === 3 && sender === 'client')) {
      const begin = shifted.find(({ at, transmission }) => at === 0 && transmission === end.transmission)!;
      expect(end.ns - begin.ns).toBeGreaterThan(0);
      expect(end.ns - begin.ns).toBeLessThan(5e6);
    }
  });
});
