import { Node, type ImportDeclaration, type SourceFile } from 'ts-morph';
import type { Library } from './contract.ts';

/** What a file has of the old library, by its local names. */
export interface OldImports {
  readonly declarations: readonly ImportDeclaration[];
  /** The local name to the name in the library. */
  readonly names: ReadonlyMap<string, string>;
  /** Ways of taking the library in that cannot be followed, with what to say of them. */
  readonly unclear: readonly { readonly node: Node; readonly message: string }[];
}

export function oldImports(source: SourceFile, library: Library): OldImports {
  const declarations = source
    .getImportDeclarations()
    .filter((each) => library.owns(each.getModuleSpecifierValue()));
  const names = new Map<string, string>();
  const unclear: { node: Node; message: string }[] = [];
  for (const declaration of declarations) {
    const from = declaration.getModuleSpecifierValue();
    for (const specifier of declaration.getNamedImports()) {
      names.set(specifier.getAliasNode()?.getText() ?? specifier.getName(), specifier.getName());
    }
    const whole = declaration.getNamespaceImport() ?? declaration.getDefaultImport();
    if (whole !== undefined)
      unclear.push({
        node: whole,
        message: `All of ${from} is taken in as one name. Import what is used by its names.`,
      });
  }
  for (const declaration of source.getExportDeclarations()) {
    const from = declaration.getModuleSpecifierValue();
    if (from !== undefined && library.owns(from))
      unclear.push({
        node: declaration,
        message: `${from} is exported again. Export what replaces it, or nothing.`,
      });
  }
  source.forEachDescendant((node) => {
    if (!Node.isCallExpression(node)) return;
    const callee = node.getExpression().getText();
    const [argument] = node.getArguments();
    if ((callee !== 'require' && callee !== 'import') || !Node.isStringLiteral(argument)) return;
    if (library.owns(argument.getLiteralText()))
      unclear.push({
        node,
        message: `${argument.getLiteralText()} is loaded while the program runs. Import it at the top.`,
      });
  });
  return { declarations, names, unclear };
}

/** Collects what a file needs of Mortise, and under which names. */
export interface NewImports {
  use(name: string, from: string, isType: boolean): string;
  readonly packages: ReadonlySet<string>;
  text(quote: string, semicolon: string): string;
}

interface Needed {
  local: string;
  isType: boolean;
}

export function newImports(source: SourceFile, taken: ReadonlySet<string>): NewImports {
  const needed = new Map<string, Map<string, Needed>>();
  const packages = new Set<string>();
  const present = new Map<string, string>();
  for (const declaration of source.getImportDeclarations()) {
    const from = declaration.getModuleSpecifierValue();
    if (declaration.isTypeOnly()) continue;
    for (const specifier of declaration.getNamedImports()) {
      if (specifier.isTypeOnly()) continue;
      present.set(
        `${from}#${specifier.getName()}`,
        specifier.getAliasNode()?.getText() ?? specifier.getName(),
      );
    }
  }
  return {
    packages,
    use(name, from, isType) {
      packages.add(packageOf(from));
      const had = present.get(`${from}#${name}`);
      if (had !== undefined) return had;
      const names = needed.get(from) ?? new Map<string, Needed>();
      needed.set(from, names);
      const before = names.get(name);
      if (before !== undefined) {
        before.isType &&= isType;
        return before.local;
      }
      const others = [...needed.values()].flatMap((each) => [...each.values()].map(({ local }) => local));
      const local =
        taken.has(name) || others.includes(name) ? `mortise${name[0]?.toUpperCase()}${name.slice(1)}` : name;
      names.set(name, { local, isType });
      return local;
    },
    text(quote, semicolon) {
      return [...needed].map(([from, names]) => importText(from, names, quote) + semicolon).join('\n');
    },
  };
}

function importText(from: string, names: ReadonlyMap<string, Needed>, quote: string): string {
  const allTypes = [...names.values()].every(({ isType }) => isType);
  const parts = [...names].map(
    ([name, { local, isType }]) =>
      `${isType && !allTypes ? 'type ' : ''}${name}${local === name ? '' : ` as ${local}`}`,
  );
  const head = `import ${allTypes ? 'type ' : ''}`;
  const line = `${head}{ ${parts.join(', ')} } from ${quote}${from}${quote}`;
  if (line.length <= 100) return line;
  return `${head}{\n${parts.map((part) => `  ${part},\n`).join('')}} from ${quote}${from}${quote}`;
}

/** `@mortise/openai` of `@mortise/openai/presets`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
