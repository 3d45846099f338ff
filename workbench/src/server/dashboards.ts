import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const header = z.looseObject({
  uid: z.string(),
  title: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
});

type Dashboard = z.infer<typeof header>;

/** One row as Grafana's search answers it, in order of title; files that are not dashboards are left out. */
export async function listDashboards(dir: string): Promise<readonly object[]> {
  const dashboards = await readAll(dir);
  return dashboards
    .map(({ uid, title, description, tags }) => ({
      uid,
      title,
      description,
      tags,
      type: 'dash-db',
      url: `/d/${encodeURIComponent(uid)}`,
    }))
    .sort((a, b) => a.title.localeCompare(b.title));
}

/** The dashboard as it is in its file; files are read on each request, so an edited one needs only a reload. */
export async function readDashboard(dir: string, uid: string): Promise<Dashboard | undefined> {
  return (await readAll(dir)).find((dashboard) => dashboard.uid === uid);
}

async function readAll(dir: string): Promise<Dashboard[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  const parsed = await Promise.all(names.map((name) => readOne(path.join(dir, name))));
  return parsed.filter((dashboard) => dashboard !== undefined);
}

async function readOne(file: string): Promise<Dashboard | undefined> {
  try {
    const result = header.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
