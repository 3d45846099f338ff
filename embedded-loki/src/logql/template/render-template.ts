/** Template and labels → text. */
import {
  type Command,
  type Operand,
  type Pipeline,
  type Template,
  type TemplateNode,
  type TemplateValue,
} from './template-ast';
import { callTemplateFunction } from './template-functions';
import { TemplateError } from './template-tokens';
import { isList, isObject, isTrue, printed } from './template-values';

export interface TemplateInput {
  readonly line: string;
  /** A label that is absent is empty. */
  label(name: string): string;
}

/** Stands for the map of labels, which is asked and never listed. */
class AllLabels {
  private readonly isAllLabels = true;
}
const labels = new AllLabels();
type Dot = TemplateValue | AllLabels;

/** @throws TemplateError where a function refuses what it is given. */
export function renderTemplate(template: Template, input: TemplateInput): string {
  const renderer = new Renderer(input);
  renderer.block(template, labels);
  return renderer.out;
}

interface Scope {
  readonly variables: Map<string, Dot>;
  readonly outer?: Scope;
}

class Renderer {
  out = '';
  private scope: Scope = { variables: new Map([['$', labels]]) };

  constructor(private readonly input: TemplateInput) {}

  block(template: Template, dot: Dot): void {
    const outer = this.scope;
    this.scope = { variables: new Map(), outer };
    for (const node of template) {
      this.node(node, dot);
    }
    this.scope = outer;
  }

  private node(node: TemplateNode, dot: Dot): void {
    switch (node.kind) {
      case 'text':
        this.out += node.text;
        return;
      case 'action': {
        const value = this.pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) {
          this.out += value instanceof AllLabels ? 'map[]' : printed(value);
        }
        return;
      }
      default: {
        // A variable that the branch declares lives until its end.
        const outer = this.scope;
        this.scope = { variables: new Map(), outer };
        if (node.kind === 'range') {
          this.range(node, dot);
        } else {
          const value = this.pipeline(node.pipeline, dot);
          const holds = value instanceof AllLabels || isTrue(value);
          this.block(holds ? node.body : node.otherwise, holds && node.kind === 'with' ? value : dot);
        }
        this.scope = outer;
      }
    }
  }

  private range(node: Exclude<TemplateNode, { readonly kind: 'text' | 'action' }>, dot: Dot): void {
    const { variables } = node.pipeline;
    const value = this.pipeline({ ...node.pipeline, variables: [] }, dot);
    const items = itemsOf(value);
    if (items.length === 0) {
      this.block(node.otherwise, dot);
      return;
    }
    for (const [key, item] of items) {
      const [first, second] = variables.length === 2 ? variables : [undefined, variables[0]];
      if (first !== undefined) {
        this.scope.variables.set(first, key);
      }
      if (second !== undefined) {
        this.scope.variables.set(second, item);
      }
      this.block(node.body, item);
    }
  }

  private pipeline({ variables, assigns, commands }: Pipeline, dot: Dot): Dot {
    let value: Dot | undefined;
    for (const command of commands) {
      value = this.command(command, dot, value);
    }
    const result = value ?? null;
    for (const name of variables) {
      (assigns ? this.holderOf(name) : this.scope).variables.set(name, result);
    }
    return result;
  }

  /** `last` is the value of the command before, which becomes the last argument. */
  private command(command: Command, dot: Dot, last: Dot | undefined): Dot {
    const [first, ...rest] = command;
    if (first.kind !== 'function') {
      if (last !== undefined) {
        throw new TemplateError("can't give argument to non-function");
      }
      return this.operand(first, dot);
    }
    if (first.name === '__line__') {
      return this.input.line;
    }
    if (first.name === 'and' || first.name === 'or') {
      return this.logical(first.name, rest, { dot, last });
    }
    const values = rest.map((operand) => this.operand(operand, dot));
    return callTemplateFunction(first.name, [...values, ...(last === undefined ? [] : [last])].map(plain));
  }

  private logical(
    name: 'and' | 'or',
    operands: readonly Operand[],
    { dot, last }: { readonly dot: Dot; readonly last: Dot | undefined }
  ): Dot {
    let value: Dot = last ?? null;
    for (const operand of operands) {
      value = this.operand(operand, dot);
      if ((value instanceof AllLabels || isTrue(value)) === (name === 'or')) {
        return value;
      }
    }
    return last ?? value;
  }

  private operand(operand: Operand, dot: Dot): Dot {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'dot':
        return this.member(dot, operand.path);
      case 'variable':
        return this.member(this.holderOf(operand.name).variables.get(operand.name) ?? null, operand.path);
      case 'function':
        return this.command([operand], dot, undefined);
      case 'pipeline':
        return this.member(this.pipeline(operand.pipeline, dot), operand.path);
    }
  }

  private member(holder: Dot, path: readonly string[]): Dot {
    return path.reduce<Dot>((value, name) => {
      if (value instanceof AllLabels) {
        return this.input.label(name);
      }
      if (isObject(value)) {
        return Object.hasOwn(value, name) ? value[name] : null;
      }
      throw new TemplateError(`can't evaluate field ${name} in type ${value === null ? 'nil' : typeof value}`);
    }, holder);
  }

  private holderOf(name: string): Scope {
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.outer) {
      if (scope.variables.has(name)) {
        return scope;
      }
    }
    throw new TemplateError(`undefined variable "${name}"`);
  }
}

function itemsOf(value: Dot): ReadonlyArray<readonly [TemplateValue, TemplateValue]> {
  if (value instanceof AllLabels) {
    throw new TemplateError("range can't iterate over the labels");
  }
  if (isList(value)) {
    return value.map((item, at) => [BigInt(at), item]);
  }
  if (isObject(value)) {
    return Object.keys(value)
      .sort()
      .map((name) => [name, value[name]]);
  }
  if (value === null) {
    return [];
  }
  if (typeof value === 'bigint' && value < 10_000n) {
    return Array.from({ length: Number(value) }, (_, at) => [BigInt(at), BigInt(at)]);
  }
  throw new TemplateError(`range can't iterate over ${printed(value)}`);
}

function plain(value: Dot): TemplateValue {
  if (value instanceof AllLabels) {
    throw new TemplateError('the labels as a whole are no argument');
  }
  return value;
}
