/** The sink that the settings name. The push sink is loaded only where it is used. */
import { type Credentials } from '../loki/push-client';
import { type LogSink } from '../record/log-line';
import { createNdjsonSink } from './ndjson-sink';

interface OpenSinkOptions {
  /** Where to push; absent for standard output. */
  readonly url: string | undefined;
  readonly host: string;
  /** On every stream. */
  readonly labels: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly spoolDirectory: string | undefined;
  /** A replay fails when the store has been unavailable for that long, ms; a live capture keeps waiting. */
  readonly giveUpAfterMs: number | undefined;
  /** Called when nobody reads standard output any more. */
  readonly onClosed: () => void;
  readonly onNote: (line: string) => void;
}

export async function openSink(options: OpenSinkOptions): Promise<LogSink> {
  const { url } = options;
  if (url === undefined) {
    return createNdjsonSink(process.stdout, options.onClosed);
  }
  const { createLokiSink } = await import('../loki/loki-sink');
  return createLokiSink({
    url,
    host: options.host,
    labels: options.labels,
    credentials: options.credentials,
    spool: { directory: options.spoolDirectory },
    giveUpAfterMs: options.giveUpAfterMs,
    onNote: options.onNote,
  });
}
