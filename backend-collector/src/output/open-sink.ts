/** The sink that the settings name. The push sink is loaded only where it is used. */
import { type LogSink } from '../record/log-line';
import { createNdjsonSink } from './ndjson-sink';

interface OpenSinkOptions {
  /** Where to push; absent for standard output. */
  readonly url: string | undefined;
  readonly host: string;
  /** On every stream. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the credentials stand. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly spoolDirectory: string | undefined;
  /** Replays end with an error when the store takes nothing for that long, ms; a live capture waits on. */
  readonly giveUpAfterMs: number | undefined;
  /** Nobody reads standard output any more. */
  readonly onClosed: () => void;
  readonly onNote: (line: string) => void;
}

export async function openSink(options: OpenSinkOptions): Promise<LogSink> {
  const { url, env } = options;
  if (url === undefined) {
    return createNdjsonSink(process.stdout, options.onClosed);
  }
  const { createLokiSink } = await import('../loki/loki-sink');
  const { credentialsFromEnvironment } = await import('../loki/push-client');
  return createLokiSink({
    url,
    host: options.host,
    labels: options.labels,
    credentials: credentialsFromEnvironment(env),
    spool: { directory: options.spoolDirectory },
    giveUpAfterMs: options.giveUpAfterMs,
    onNote: options.onNote,
  });
}
