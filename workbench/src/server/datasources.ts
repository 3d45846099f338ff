import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

const provisioning = z.looseObject({
  datasources: z
    .array(
      z.looseObject({
        name: z.string(),
        type: z.string(),
        uid: z.string(),
        isDefault: z.boolean().optional(),
        jsonData: z.looseObject({}).optional(),
      })
    )
    .default([]),
});

interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly isDefault: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
}

/** What Grafana's provisioning files declare; secrets and URLs stay on the server, the page gets the proxy's path. */
export async function readDataSources(dir: string): Promise<readonly DataSource[]> {
  const names = (await readdir(dir)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const files = await Promise.all(names.map((name) => readFile(path.join(dir, name), 'utf8')));
  return files
    .flatMap((text) => provisioning.parse(parse(text)).datasources)
    .map(({ uid, name, type, isDefault, jsonData }) => ({
      uid,
      name,
      type,
      url: `/api/datasources/proxy/uid/${encodeURIComponent(uid)}`,
      isDefault: isDefault ?? false,
      jsonData: jsonData ?? {},
    }));
}
