import type { CallExpression, NewExpression, Node, SourceFile, Statement } from 'ts-morph';

/** What a value of the old library is, such as `index`; `index[]` is a list of them. Names are the tables' own. */
export type Kind = string;

/** Writes a node anew, or says through {@link Rewriting.cannot} why it cannot. */
export type Rule<N extends Node = Node> = (node: N, file: Rewriting) => string;

/** The kind of what a node gives, where that hangs on its arguments. */
export type KindOf<N extends Node = Node> = Kind | ((node: N, file: Rewriting) => Kind | undefined);

/** What to do with a member of a value: its new name, or a rule for the whole access. */
export interface PropertyRule {
  readonly kind?: KindOf | undefined;
  /** A name, or `''` where the value itself takes its place. */
  readonly as: string | Rule;
  /** What it is when it is destructured, where that is something else. */
  readonly bound?: { readonly as: string; readonly kind?: Kind };
}

/** What to do with a call of a method of a value. */
export interface MethodRule {
  readonly kind?: KindOf<CallExpression> | undefined;
  readonly rule: Rule<CallExpression>;
  /** What it gives is there at once: an `await` before it goes. */
  readonly sync?: true;
}

/** What can be done with values of one kind. Whatever is not here is listed. */
export interface KindRules {
  readonly methods?: Readonly<Record<string, MethodRule>>;
  readonly properties?: Readonly<Record<string, PropertyRule>>;
  /** What `for await` gives, and what stands behind the value there. */
  readonly iterates?: { readonly kind?: Kind; readonly through: string };
  /** Its type, where a declaration needs one. */
  readonly type?: { readonly name: string; readonly from: string };
  /** It is a text or plain data, and may go anywhere. */
  readonly plain?: true;
}

/** What to do with a name that is imported from the old library. */
export interface NameRules {
  readonly construct?: { readonly kind?: KindOf<NewExpression>; readonly rule: Rule<NewExpression> };
  readonly call?: MethodRule;
  /** `Name.member(...)`. */
  readonly statics?: Readonly<Record<string, MethodRule>>;
  /** `Name.MEMBER`, as text. */
  readonly values?: Readonly<Record<string, string | Rule>>;
  /** The name as a type: what it becomes, and the kind of what has it. */
  readonly type?: { readonly name: string; readonly from?: string; readonly kind?: Kind };
  /** Why there is nothing to put in its place. */
  readonly without?: string;
}

/** A library that applications come over from, as tables. */
export interface Library {
  readonly name: string;
  /** Whether an import specifier is the library's. */
  owns(specifier: string): boolean;
  readonly names: Readonly<Record<string, NameRules>>;
  readonly kinds: Readonly<Record<Kind, KindRules>>;
  /** Statements that become several, or none; `undefined` leaves the statement to the other rules. */
  readonly statement?: (statement: Statement, file: Rewriting) => string | undefined;
  /** What stands for `await` of a value, where that is more than the value; `undefined` leaves it to the other rules. */
  readonly awaited?: (value: Node, file: Rewriting) => string | undefined;
}

/** Something that was left alone, and why; or something that was changed and now behaves in another way. */
export interface Remark {
  /** From 1, of the file as it was. */
  readonly line: number;
  /** The name of the old library that it is about, such as `VectorStoreIndex`. */
  readonly construct: string;
  readonly message: string;
}

/** What rules work with: the file, and what they find out about it. */
export interface Rewriting {
  readonly library: Library;
  readonly source: SourceFile;
  readonly typed: boolean;
  /** The node's new text. */
  render(node: Node): string;
  kindOf(node: Node): Kind | undefined;
  /** The name that an identifier has in the old library, or undefined where it is not one of its imports. */
  oldName(node: Node): string | undefined;
  /** The local name of something of a Mortise package, which is then imported. */
  use(name: string, from: string): string;
  /** The local name of a type, which is then imported. */
  useType(name: string, from: string): string;
  /** Lists the node; gives its text as it is. */
  cannot(node: Node, message: string, construct?: string): string;
  /** Says where behaviour differs. */
  note(node: Node, message: string, construct?: string): void;
  /** A name that nothing in the file has yet. */
  freshName(wanted: string): string;
  /** A statement behind the imports; once each. */
  declare(statement: string): void;
  /** What is set for the whole application, such as its language model; see `settings.ts` of each library. */
  readonly settings: Map<string, { text: string; scope: Node | undefined }>;
  /** A file that this one imports, or that imports it, sets it. */
  setElsewhere(setting: string): boolean;
}
