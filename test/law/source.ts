/**
 * Reads one source file into what the law looks at: its imports, the globals and members it touches, its strings and
 * comments. It judges nothing.
 */
import { type ParseResult, parseSync } from 'vite';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Erased by the compiler: no code travels, but the law holds for types too. */
  readonly typeOnly: boolean;
}

export interface Found {
  readonly text: string;
  readonly line: number;
}

/** A name that a file imports or passes on; `*` for all that the other file gives. */
export interface Taken {
  readonly specifier: string;
  readonly name: string;
}

export interface Source {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly taken: readonly Taken[];
  /** Names that others may import from here; what is passed on with a star is not among them. */
  readonly given: readonly Found[];
  /** Names that are used but not declared anywhere in the file. */
  readonly globals: readonly Found[];
  /** `object.property` where the object is a plain name, and `new X()` without arguments. */
  readonly members: readonly Found[];
  readonly strings: readonly Found[];
  readonly comments: readonly Found[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export function readSource(path: string, text: string): Source {
  const parsed = parseSync(path, text, { sourceType: 'module' });
  if (parsed.errors.length > 0) throw new Error(`${path} does not parse: ${parsed.errors[0]?.message}`);
  const lineAt = lineCounter(text);
  const walk = new Walk(lineAt);
  walk.visit(parsed.program as unknown as Node);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: walk.imports,
    taken: takenIn(parsed.module),
    given: parsed.module.staticExports.flatMap(({ start, entries }) =>
      entries.flatMap(({ exportName }) => (exportName.name ? [{ text: exportName.name, line: lineAt(start) }] : [])),
    ),
    globals: walk.names.filter((name) => !walk.declared.has(name.text)),
    members: walk.members,
    strings: walk.strings,
    comments: parsed.comments.map((comment) => ({ text: comment.value, line: lineAt(comment.start) })),
  };
}

function takenIn({ staticImports, staticExports }: ParseResult['module']): Taken[] {
  const imported = staticImports.flatMap(({ moduleRequest, entries }) =>
    entries.map(({ importName }) => ({ specifier: moduleRequest.value, name: importName.name ?? '*' })),
  );
  const passedOn = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, name: importName.name ?? '*' }] : [],
    ),
  );
  return [...imported, ...passedOn];
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}

/** TypeScript nodes that hold a value inside; all others are types, and types touch nothing. */
const TRANSPARENT = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSTypeAssertion']);

class Walk {
  readonly imports: Import[] = [];
  readonly names: Found[] = [];
  readonly members: Found[] = [];
  readonly strings: Found[] = [];
  readonly declared = new Set<string>();
  readonly #lineAt: (offset: number) => number;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  visit(node: Node): void {
    if (node.type.startsWith('TS')) {
      if (TRANSPARENT.has(node.type)) this.#into(node.expression);
      return;
    }
    const own = this.#own[node.type];
    if (own) own(node);
    else this.#children(node);
  }

  /** What is not simply walked through. */
  readonly #own: Record<string, (node: Node) => void> = {
    ImportDeclaration: (node) => this.#import(node),
    ExportAllDeclaration: (node) => this.#request(node.source, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source) this.#request(node.source, node.exportKind === 'type');
      else this.#into(node.declaration);
    },
    ImportExpression: (node) => this.#request(node.source, false),
    NewExpression: (node) => {
      this.#construction(node);
      this.#children(node);
    },
    MemberExpression: (node) => this.#member(node),
    Property: (node) => this.#keyed(node),
    PropertyDefinition: (node) => this.#keyed(node),
    MethodDefinition: (node) => this.#keyed(node),
    JSXAttribute: (node) => this.#into(node.value),
    Identifier: (node) => this.names.push({ text: String(node.name), line: this.#lineAt(node.start) }),
    Literal: (node) => this.#string(node, node.value),
    TemplateElement: (node) => this.#string(node, (node.value as { cooked?: unknown }).cooked),
  };

  #children(node: Node): void {
    this.#declare(node);
    for (const value of Object.values(node)) this.#into(value);
  }

  /** A key is a name of nobody's, unless it is computed. */
  #keyed(node: Node): void {
    if (node.computed) this.#into(node.key);
    this.#into(node.value);
  }

  #into(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#into(item);
    else if (typeof value === 'object' && value !== null && 'type' in value) this.visit(value as Node);
  }

  #request(source: unknown, typeOnly: boolean): void {
    const { value, start } = source as { value?: unknown; start: number };
    if (typeof value === 'string') this.imports.push({ specifier: value, line: this.#lineAt(start), typeOnly });
  }

  #import(node: Node): void {
    const specifiers = node.specifiers as (Node & { local: { name: string }; importKind?: string })[];
    for (const specifier of specifiers) this.declared.add(specifier.local.name);
    this.#request(node.source, node.importKind === 'type');
  }

  /** `new URL('./x', import.meta.url)` is an import too; `new Date()` asks the clock. */
  #construction(node: Node): void {
    const name = (node.callee as { name?: string }).name;
    const [first, second] = node.arguments as Node[];
    if (name === 'URL' && second?.type === 'MemberExpression' && first?.type === 'Literal') this.#request(first, false);
    if (name !== undefined && first === undefined) {
      this.members.push({ text: `new ${name}()`, line: this.#lineAt(node.start) });
    }
  }

  #member(node: Node): void {
    const object = node.object as Node & { name?: string };
    const property = node.property as Node & { name?: string; value?: unknown };
    this.#into(object);
    if (node.computed) this.#into(property);
    const key = node.computed ? property.value : property.name;
    if (object.type === 'Identifier' && typeof key === 'string') {
      this.members.push({ text: `${object.name}.${key}`, line: this.#lineAt(node.start) });
    }
  }

  #string(node: Node, value: unknown): void {
    if (typeof value === 'string') this.strings.push({ text: value, line: this.#lineAt(node.start) });
  }

  /** Any declaration in the file hides the global of that name: the linter's scopes are finer, this is the second net. */
  #declare(node: Node): void {
    if (node.type === 'VariableDeclarator') this.#bind(node.id);
    if (node.type === 'CatchClause') this.#bind(node.param);
    if (/^(?:Arrow)?Function/.test(node.type)) for (const param of node.params as unknown[]) this.#bind(param);
    if (/^(?:Function|Class)Declaration$/.test(node.type)) this.#bind(node.id);
  }

  #bind(pattern: unknown): void {
    if (typeof pattern !== 'object' || pattern === null) return;
    const node = pattern as Node;
    if (node.type === 'Identifier') this.declared.add(String(node.name));
    for (const key of ['left', 'argument', 'value', 'elements', 'properties'] as const) {
      const inner = node[key];
      for (const item of Array.isArray(inner) ? inner : [inner]) this.#bind(item);
    }
  }
}
