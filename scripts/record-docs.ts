/** The record schema as a page for people and as JSON schema for machines; both made from records.ts and field-words.ts alone. */
import * as z from 'zod';
import { fieldWords } from '@bpfnet/flow-model/field-words';
import { RECORD_SOURCES } from '@bpfnet/flow-model/labels';
import { recordSchemas, SCHEMA_VERSION } from '@bpfnet/flow-model/records';

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly description?: string;
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

const TITLES: Readonly<Record<(typeof RECORD_SOURCES)[number], string>> = {
  bpf_net_l4_log: 'One chunk of one flow at one NIC',
  bpf_net_l4_packets: 'The packets of a chunk, as columns',
  bpf_net_l7_log: 'One request with its response at one NIC',
};

/** One JSON schema (draft 2020-12) with a definition for each kind of record. */
export function recordJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `bpfnet records, schema version ${SCHEMA_VERSION}`,
    $defs: Object.fromEntries(RECORD_SOURCES.map((source) => [source, objectSchema(source)])),
  };
}

/** The reference page, Markdown. */
export function recordSchemaPage(): string {
  const parts = [
    '# Record schema',
    '',
    `Schema version ${SCHEMA_VERSION}. Generated from \`flow-model/src/records.ts\` and \`field-words.ts\` by \`npm run generate\`; do not edit.`,
    '',
    'A field without a value is absent; its title is the same on every page. Stream labels are `source`, `host`, `flow_shard` and `service_name`.',
  ];
  for (const source of RECORD_SOURCES) {
    const schema = objectSchema(source);
    const required = new Set(schema.required);
    parts.push(
      '',
      `## \`${source}\``,
      '',
      `${TITLES[source]}.`,
      '',
      '| field | title | type | always | what it holds |',
      '| --- | --- | --- | --- | --- |'
    );
    for (const [name, field] of Object.entries(schema.properties)) {
      const type = field.enum ? field.enum.map((value) => `\`${value}\``).join(' ') : String(field.type);
      parts.push(
        `| \`${name}\` | ${fieldWords(name)?.title ?? ''} | ${type} | ${required.has(name) ? 'yes' : ''} | ${(field.description ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`
      );
    }
  }
  return `${parts.join('\n')}\n`;
}

function objectSchema(source: (typeof RECORD_SOURCES)[number]): ObjectSchema {
  return z.toJSONSchema(recordSchemas[source]) as unknown as ObjectSchema;
}
