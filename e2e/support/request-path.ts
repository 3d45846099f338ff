/** The page of a request, and on it the NICs of its path in order. */
import { type Locator, type Page } from 'playwright-core';
import { type Demo } from '../../scripts/demo/demo';

export async function openRequestPath(page: Page, demo: Demo, requestId: string): Promise<Locator> {
  await page.goto(`${demo.url}/d/bpfnet-request?var-request_id=${requestId}&from=now-1h&to=now`);
  const items = page.getByRole('list', { name: 'NICs from client to server' }).getByRole('listitem');
  await items.first().waitFor();
  return items;
}
