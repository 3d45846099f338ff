/** The provisioned alert rules, evaluated on the demo's traffic: quiet on a sound wire, firing on a lossy and slow one. */
import path from 'node:path';
import { canRunLaboratory } from '@bpfnet/laboratory';
import { type Demo, startDemo } from '../scripts/demo/demo';
import { evaluateAlertRule, readAlertRules } from './support/alert-rules';
import { readL7 } from './support/store-client';
import { waitFor } from './support/wait-for';

const rules = readAlertRules(path.join(__dirname, '../provisioning/alerting/bpfnet-rules.yaml'));
const REQUESTS_NEEDED = 40;

async function traffic(fault: { loss: number; delayMs: number } | undefined): Promise<Demo> {
  const demo = await startDemo({
    storePort: 0,
    workbenchPort: 0,
    rate: 20,
    say: () => undefined,
    detail: () => undefined,
  });
  if (fault !== undefined) {
    await demo.laboratory?.setFault(fault);
  }
  await waitFor('enough requests', async () => {
    const requests = new Set((await readL7(demo.storeUrl)).map((record) => record.request_id));
    return requests.size >= REQUESTS_NEEDED ? true : undefined;
  });
  // What is still open is written at the end of the capture, so that both runs are judged whole.
  await demo.stopCapture();
  return demo;
}

const feasible = canRunLaboratory();
if (!feasible.ok) {
  console.warn(`alert rules on the demo: skipped, because ${feasible.reason}`);
}

(feasible.ok ? describe : describe.skip)('alert rules on the demo', () => {
  let sound: Demo;
  let faulty: Demo;

  beforeAll(async () => {
    [sound, faulty] = await Promise.all([traffic(undefined), traffic({ loss: 0.2, delayMs: 120 })]);
  }, 90_000);

  afterAll(async () => {
    await sound?.stop();
    await faulty?.stop();
  });

  it.each(rules.map((rule) => [rule.uid, rule] as const))(
    '%s: quiet without the fault, firing with it',
    async (_, rule) => {
      const without = await evaluateAlertRule(rule, sound.storeUrl);
      const having = await evaluateAlertRule(rule, faulty.storeUrl);
      expect(without.samples.length).toBeGreaterThan(0);
      expect(without.firing).toEqual([]);
      expect(having.firing.length).toBeGreaterThan(0);
    }
  );
});
