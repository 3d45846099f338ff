/** What axe-core finds on a page that keeps people out. */
import { readFileSync } from 'node:fs';
import { type Locator } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: ReadonlyArray<{ readonly html: string }>;
}

/** A page with axe-core injected. */
interface AxePage {
  readonly axe: {
    run(element: unknown, options: object): Promise<{ readonly violations: readonly Violation[] }>;
  };
}

/** Serious and critical faults inside of an element, a line each. */
export async function seriousFaults(element: Locator): Promise<readonly string[]> {
  await element.page().evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = await element.evaluate(
    (node, options) => (globalThis as unknown as AxePage).axe.run(node, options).then((result) => result.violations),
    { resultTypes: ['violations'] }
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
