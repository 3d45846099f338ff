/** A browser page on the demo that replays the recording, watched for errors and for requests to other hosts. */
import { type Browser, type Page } from 'playwright-core';
import { type Demo, type DemoOptions } from '../../scripts/demo/demo';
import { launchBrowser, type PageFaults, watchPage } from './browser';
import { startRecordedDemo } from './recorded-demo';

interface RecordedPage {
  readonly demo: Demo;
  readonly browser: Browser;
  readonly page: Page;
  readonly watched: PageFaults;
}

/** @param timeoutMs of everything that is waited for on the page */
export async function openRecordedPage(
  timeoutMs: number,
  options: Pick<DemoOptions, 'recordedHosts'> = {}
): Promise<RecordedPage> {
  const demo = await startRecordedDemo(options);
  const browser = await launchBrowser().catch(async (error: unknown) => {
    await demo.stop();
    throw error;
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(timeoutMs);
  return { demo, browser, page, watched: watchPage(page, demo.url) };
}
