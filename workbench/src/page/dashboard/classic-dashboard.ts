/**
 * The part of Grafana's classic dashboard JSON (schema version 39 and later) that the workbench shows. Unknown
 * fields are kept (loose objects), so that panels get their options exactly as in the file.
 */
import * as z from 'zod';

const datasourceRef = z.object({ type: z.string().optional(), uid: z.string() });

const variableOption = z.looseObject({
  text: z.union([z.string(), z.array(z.string())]).optional(),
  value: z.union([z.string(), z.array(z.string())]).optional(),
});

const variable = z.looseObject({
  name: z.string(),
  type: z.enum(['query', 'custom', 'textbox', 'constant', 'datasource', 'interval', 'adhoc']),
  label: z.string().nullish(),
  description: z.string().nullish(),
  /** 0 shown, 1 without label, 2 hidden. */
  hide: z.number().int().min(0).max(2).optional(),
  skipUrlSync: z.boolean().optional(),
  query: z.union([z.string(), z.looseObject({})]).optional(),
  datasource: datasourceRef.nullish(),
  current: variableOption.optional(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  allValue: z.string().nullish(),
  refresh: z.number().int().optional(),
  regex: z.string().optional(),
  sort: z.number().int().optional(),
  /** Of ad-hoc filters. */
  filters: z.array(z.object({ key: z.string(), operator: z.string(), value: z.string() })).optional(),
});

const target = z.looseObject({
  refId: z.string(),
  datasource: datasourceRef.optional(),
  hide: z.boolean().optional(),
});

const transformation = z.looseObject({
  id: z.string(),
  options: z.unknown(),
  disabled: z.boolean().optional(),
});

const link = z.looseObject({
  title: z.string(),
  url: z.string(),
  targetBlank: z.boolean().optional(),
});

const panel = z.looseObject({
  id: z.number().int(),
  type: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  transparent: z.boolean().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  datasource: datasourceRef.nullish(),
  targets: z.array(target).optional(),
  transformations: z.array(transformation).optional(),
  fieldConfig: z
    .looseObject({ defaults: z.looseObject({}).default({}), overrides: z.array(z.looseObject({})).default([]) })
    .optional(),
  options: z.looseObject({}).optional(),
  maxDataPoints: z.number().nullish(),
  interval: z.string().nullish(),
  links: z.array(link).optional(),
  collapsed: z.boolean().optional(),
  pluginVersion: z.string().optional(),
  timeFrom: z.string().nullish(),
});

const annotation = z.looseObject({
  name: z.string(),
  enable: z.boolean().default(true),
  hide: z.boolean().optional(),
  iconColor: z.string().default('blue'),
  /** Grafana's built-in annotations, which the workbench has no store for. */
  builtIn: z.number().optional(),
  datasource: datasourceRef.nullish(),
  target: z.looseObject({}).optional(),
});

const dashboardLink = z.looseObject({
  title: z.string(),
  type: z.string(),
  url: z.string().optional(),
  keepTime: z.boolean().optional(),
  includeVars: z.boolean().optional(),
});

const classicDashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  schemaVersion: z.number().int().min(39),
  time: z.object({ from: z.string(), to: z.string() }).default({ from: 'now-1h', to: 'now' }),
  timezone: z.string().default('browser'),
  refresh: z.union([z.string(), z.boolean()]).optional(),
  timepicker: z.looseObject({ refresh_intervals: z.array(z.string()).optional() }).optional(),
  graphTooltip: z.number().int().default(0),
  annotations: z.object({ list: z.array(annotation).default([]) }).default({ list: [] }),
  templating: z.object({ list: z.array(variable) }).default({ list: [] }),
  links: z.array(dashboardLink).default([]),
  panels: z.array(panel),
});

export type ClassicDashboard = z.infer<typeof classicDashboardSchema>;
export type ClassicPanel = z.infer<typeof panel>;
export type ClassicAnnotation = z.infer<typeof annotation>;
export type ClassicVariable = z.infer<typeof variable>;
export type ClassicDashboardLink = z.infer<typeof dashboardLink>;

type ParsedDashboard =
  | { readonly kind: 'dashboard'; readonly dashboard: ClassicDashboard }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads one dashboard file; `reason` names the place in the file that is wrong. */
export function parseDashboard(json: unknown): ParsedDashboard {
  const result = classicDashboardSchema.safeParse(json);
  if (result.success) {
    return { kind: 'dashboard', dashboard: result.data };
  }
  const [issue] = result.error.issues;
  return { kind: 'invalid', reason: `${issue.path.join('.') || 'dashboard'}: ${issue.message}` };
}
