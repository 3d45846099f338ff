/** The sink that the settings name. The push sink is loaded only where it is used. */
import { type OutputSettings, staticLabels, type Environment } from '../config';
import { type LogSink } from '../record/log-line';
import { createNdjsonSink } from './ndjson-sink';

export interface OpenSinkOptions {
  readonly settings: OutputSettings;
  readonly host: string;
  readonly env: Environment;
  readonly spoolDirectory: string | undefined;
  /** Replays end with an error when the store takes nothing for that long, ms; a live capture waits on. */
  readonly giveUpAfterMs: number | undefined;
  /** Nobody reads standard output any more. */
  readonly onClosed: () => void;
  readonly onNote: (line: string) => void;
}

export async function openSink(options: OpenSinkOptions): Promise<LogSink> {
  const { settings, env } = options;
  if (settings.url === undefined) {
    return createNdjsonSink(process.stdout, options.onClosed);
  }
  const { createLokiSink } = await import('../loki/loki-sink');
  const { credentialsFromEnvironment } = await import('../loki/push-client');
  return createLokiSink({
    url: settings.url,
    host: options.host,
    labels: staticLabels(env),
    credentials: credentialsFromEnvironment(env),
    spool: { directory: options.spoolDirectory },
    giveUpAfterMs: options.giveUpAfterMs,
    onNote: options.onNote,
  });
}
