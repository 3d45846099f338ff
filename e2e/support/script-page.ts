/** A page that holds nothing but a script that was bundled for it, at an address where no server is. */
import { type Page } from 'playwright-core';

const ADDRESS = 'http://page.test/';

/** What an icon looks like is Grafana's own affair. */
export const NO_ICON = { contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' };

export async function openScriptPage(page: Page, title: string, script: string): Promise<void> {
  await page.route(`${ADDRESS}**`, (route) =>
    route.fulfill(
      route.request().url() === ADDRESS
        ? {
            contentType: 'text/html',
            body: `<!doctype html><html lang="en"><title>${title}</title><body style="margin:0">`,
          }
        : NO_ICON
    )
  );
  await page.goto(ADDRESS);
  await page.addScriptTag({ content: script });
}
