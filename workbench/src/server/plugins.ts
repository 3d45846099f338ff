import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface InstalledPlugin {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly baseUrl: string;
}

/** Every plugin.json under the built plugin's folder, with the URL of its folder; none before the first build. */
export async function listPlugins(distDir: string): Promise<readonly InstalledPlugin[]> {
  let names: string[];
  try {
    names = await readdir(distDir, { recursive: true });
  } catch {
    return [];
  }
  const files = names.filter((name) => path.basename(name) === 'plugin.json').sort();
  return Promise.all(
    files.map(async (name) => {
      const folder = path.dirname(name).split(path.sep).join('/');
      const suffix = folder === '.' ? '' : `/${folder}`;
      return {
        meta: JSON.parse(await readFile(path.join(distDir, name), 'utf8')) as Record<string, unknown>,
        baseUrl: `/public/plugins/bpfnet-networklogs-app${suffix}`,
      };
    })
  );
}
