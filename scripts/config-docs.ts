/**
 * The page docs/generated/config.md: options of the collector as its command line defines them, environment variables from the table that
 * it reads them by, and the datasource's settings with the comments of their type.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { buildCommand } from '../backend-collector/src/command-line';
import { ENVIRONMENT } from '../backend-collector/src/config';

type Command = ReturnType<typeof buildCommand>;
type Option = Command['options'][number];

const DATASOURCE_OPTIONS = path.join(__dirname, '../datasource/src/options.ts');

export function configPage(): string {
  const ignore = () => Promise.resolve();
  const { commands } = buildCommand({ replay: ignore, capture: ignore });
  const common = commands[0].options.filter((option) => commands.every((command) => hasOption(command, option)));
  return [
    '# Configuration',
    '',
    'Generated from the code by `npm run generate`; do not edit.',
    ...commands.flatMap((command) => [
      '',
      `## \`bpfnet ${command.name()} ${command.usage()}\``,
      '',
      `${sentence(command.description())}. ${command.registeredArguments.map(({ description }) => `${sentence(description)}.`).join(' ')}`.trim(),
      '',
      ...optionTable(command.options.filter((option) => !common.some(({ flags }) => flags === option.flags))),
    ]),
    '',
    '## Options of both',
    '',
    ...optionTable(common),
    '',
    '## Environment variables of the collector',
    '',
    'An option on the command line wins over its variable.',
    '',
    ...table(
      ['variable', 'option', 'meaning'],
      Object.entries(ENVIRONMENT).map(([name, variable]) => [
        code(name),
        'option' in variable ? code(variable.option) : '',
        variable.text,
      ])
    ),
    '',
    '## Settings of the datasource',
    '',
    'As `jsonData` in a provisioning file; the configuration page of the datasource sets the same.',
    '',
    ...table(['setting', 'type', 'default', 'meaning'], datasourceSettings()),
    '',
  ].join('\n');
}

function hasOption(command: Command, { flags }: Option): boolean {
  return command.options.some((option) => option.flags === flags);
}

function optionTable(options: readonly Option[]): readonly string[] {
  return table(
    ['option', 'meaning'],
    options.map(({ flags, description, defaultValue, defaultValueDescription: shown }) => [
      code(flags),
      defaultValue === undefined ? description : `${description} (default: ${shown ?? String(defaultValue)})`,
    ])
  );
}

/** One row for each setting; those without a comment of their own share that of the setting above. */
function datasourceSettings(): ReadonlyArray<readonly string[]> {
  const text = readFileSync(DATASOURCE_OPTIONS, 'utf8');
  const { statements } = ts.createSourceFile(DATASOURCE_OPTIONS, text, ts.ScriptTarget.Latest, true);
  const types = new Map(
    statements.filter(ts.isTypeAliasDeclaration).map(({ name, type }) => [name.text, type.getText()])
  );
  const options = statements.filter(ts.isInterfaceDeclaration).find(({ name }) => name.text === 'FlowsOptions');
  const members = (options?.members.filter((member) => ts.isPropertySignature(member)) ?? []) as ts.PropertySignature[];
  const defaults = datasourceDefaults();
  let above = '';
  return members.map((member) => {
    const name = member.name.getText();
    const type = member.type?.getText() ?? '';
    const comments = ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
    above = comments.length > 0 ? comments.join(' ') : above;
    return [code(name), code(types.get(type) ?? type), name in defaults ? code(String(defaults[name])) : '', above];
  });
}

/** Loaded by name: the types of Grafana's that it imports are those of a browser. */
function datasourceDefaults(): Readonly<Record<string, unknown>> {
  const { modeOf, shardCountOf, pageLinesOf, timeoutMsOf } = require(DATASOURCE_OPTIONS) as Readonly<
    Record<string, (options: object) => unknown>
  >;
  return {
    mode: modeOf({}),
    shardCount: shardCountOf({}),
    pageLines: pageLinesOf({}),
    timeoutSeconds: Number(timeoutMsOf({})) / 1000,
  };
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
