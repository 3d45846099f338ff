/**
 * A live capture of the laboratory next to tcpdump on the same NICs: both must have seen the same packets and bytes; and the requests
 * must be those that the client says it made, at every NIC.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { canRunLaboratory, startLaboratory } from '@bpfnet/laboratory';
import { captureOn } from './support/capture-laboratory';
import { type NicPlace, startTcpdump, tcpdumpMissing } from './support/tcpdump';

// Real sockets on a machine that others load too: a buffer that runs over loses packets that no fault took. Not twice in a row.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const TRAFFIC_MS = 4000;
/** The client waits 1.5 s for an answer that never comes; then its packets are on their way. */
const SETTLE_MS = 2500;

const PLACES: readonly NicPlace[] = [
  { host: 'node-a', pod: 'cart-7f9c', nic: 'eth0' },
  { host: 'node-a', nic: 'veth7f9c' },
  { host: 'node-a', nic: 'cni0' },
  { host: 'node-a', nic: 'vxlan.1' },
  { host: 'node-a', nic: 'eth0' },
  { host: 'node-b', nic: 'eth0' },
  { host: 'node-b', nic: 'vxlan.1' },
  { host: 'node-b', nic: 'cni0' },
  { host: 'node-b', nic: 'veth5d8b' },
  { host: 'node-b', pod: 'orders-5d8b', nic: 'eth0' },
];

const nameOf = ({ host, pod, nic }: NicPlace): string => `${host} ${pod ?? ''} ${nic}`;

const feasible = canRunLaboratory();
const missing = feasible.ok ? tcpdumpMissing() : feasible.reason;
if (missing !== null) {
  console.warn(`live capture next to tcpdump: skipped, because ${missing}`);
}

(missing === null ? it : it.skip)(
  'sees what tcpdump sees, and every request of the client at every NIC',
  async () => {
    const runDir = mkdtempSync(path.join(tmpdir(), 'bpfnet-live-'));
    const laboratory = await startLaboratory({ runDir, rate: 20, holdTraffic: true });
    try {
      const endCapture = await captureOn(laboratory, runDir);
      const dumps = await Promise.all(PLACES.map((place) => startTcpdump(laboratory, place, runDir)));
      laboratory.beginTraffic();
      await delay(TRAFFIC_MS);
      laboratory.pauseTraffic();
      await delay(SETTLE_MS);
      const [records, counts] = await Promise.all([endCapture(), Promise.all(dumps.map((dump) => dump.end()))]);

      const seen = PLACES.map((place) => {
        const l4 = records.get(place.host)!.l4.filter((r) => r.nic_name === place.nic && r.k8s_pod_name === place.pod);
        return {
          nic: nameOf(place),
          packets: l4.reduce((sum, r) => sum + r.tx_packets + r.rx_packets, 0),
          payloadBytes: l4.reduce((sum, r) => sum + r.tx_bytes + r.rx_bytes, 0),
        };
      });
      expect(seen).toEqual(PLACES.map((place, i) => ({ nic: nameOf(place), ...counts[i] })));
      expect(Math.min(...counts.map(({ packets }) => packets))).toBeGreaterThan(100);

      const made = (await laboratory.requestsMade())
        .filter(({ kind }) => kind === 'http')
        .map(({ method, path: requestPath, status }) => `${method} ${requestPath} ${status ?? 'unanswered'}`)
        .sort();
      for (const place of PLACES) {
        const requests = records
          .get(place.host)!
          .l7.filter((r) => r.nic_name === place.nic && r.k8s_pod_name === place.pod && r.l7_proto === 'http')
          .map((r) => `${r.l7_op} ${r.l7_resource} ${r.l7_status ?? r.outcome}`)
          .sort();
        expect([nameOf(place), ...requests]).toEqual([nameOf(place), ...made]);
      }
    } finally {
      await laboratory.stop();
      rmSync(runDir, { recursive: true, force: true });
    }
  },
  60_000
);
