/** The demo on the recording of the laboratory, which is the same every time, on free ports and without a word. */
import { type Demo, type DemoOptions, startDemo } from '../../scripts/demo/demo';

export function startRecordedDemo(options: Pick<DemoOptions, 'recordedHosts'> = {}): Promise<Demo> {
  return startDemo({
    storePort: 0,
    workbenchPort: 0,
    recordingOnly: true,
    ...options,
    say: () => undefined,
    detail: () => undefined,
  });
}
