/** Runs the built `bpfnet` and reads the records that it prints. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type L4Record, type L7Record } from '@bpfnet/flow-model';

export const COLLECTOR = path.join(__dirname, '../../backend-collector/dist/main.js');

export type Printed = { readonly source: string } & Record<string, unknown>;

export interface PrintedRecords {
  readonly l4: readonly L4Record[];
  readonly l7: readonly L7Record[];
  /** These and the packets, with `source` and `ts`, in the order of printing. */
  readonly all: readonly Printed[];
  /** Standard error, by line. */
  readonly said: readonly string[];
}

interface RunningCollector {
  /** Resolves when a line on standard error holds the text. */
  said(text: string): Promise<void>;
  /** Ends the capture as Ctrl-C does; the records of open flows included. */
  end(): Promise<PrintedRecords>;
}

/** @param child `bpfnet … --output ndjson` with piped standard output and standard error */
export function readCollector(child: ChildProcess): RunningCollector {
  const records: Printed[] = [];
  const said: string[] = [];
  const waiting: Array<{ text: string; resolve: () => void }> = [];
  const output = createInterface({ input: child.stdout! });
  output.on('line', (line) => records.push(JSON.parse(line) as Printed));
  createInterface({ input: child.stderr! }).on('line', (line) => {
    said.push(line);
    waiting.filter(({ text }) => line.includes(text)).forEach(({ resolve }) => resolve());
  });
  const closed = once(child, 'close');
  return {
    said: (text) =>
      said.some((line) => line.includes(text))
        ? Promise.resolve()
        : Promise.race([
            new Promise<void>((resolve) => waiting.push({ text, resolve })),
            closed.then(() => Promise.reject(new Error(`the collector ended: ${said.join('\n')}`))),
          ]),
    end: async () => {
      child.kill('SIGINT');
      await closed;
      return {
        l4: records.filter(({ source }) => source === 'bpf_net_l4_log') as unknown as L4Record[],
        l7: records.filter(({ source }) => source === 'bpf_net_l7_log') as unknown as L7Record[],
        all: records,
        said,
      };
    },
  };
}
