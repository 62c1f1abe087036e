import type { ChatStreamEvent, CitationBlock, ContentBlock, Warning } from '@mortise/core';
import type { AISDKOutputVersion, OutputStreamPart } from '../output.ts';
import { OURS } from '../read.ts';
import { endData, noteOf, partsOf, placedOf, responseOf, sourceOf, toldOf } from './content.ts';
import type { Dialect, Note } from './dialects.ts';

/** A block whose deltas have begun. */
interface Open {
  readonly kind: 'text' | 'reasoning' | 'tool-input';
  /** Their id: of a call its own, of the others the place. */
  readonly id: string;
}

/** Our events as parts of their stream: a state machine without I/O. */
export class StreamWriter<V extends AISDKOutputVersion> {
  /** Something of the reply was said; until then a failure is one of the call. */
  hasStarted = false;
  readonly #dialect: Dialect<V>;
  readonly #isRaw: boolean;
  readonly #open = new Map<number, Open>();
  readonly #ended = new Map<number, string>();
  readonly #cited = new Map<number, number>();
  readonly #warnings: Note[];
  readonly #late: Warning[] = [];
  #about: { id?: string; model?: string; createdAt?: string } = {};

  constructor(dialect: Dialect<V>, warnings: readonly Note[], isRaw: boolean) {
    this.#dialect = dialect;
    this.#isRaw = isRaw;
    this.#warnings = [...warnings];
  }

  write(event: ChatStreamEvent): OutputStreamPart<V>[] {
    if (event.type === 'start') {
      const { type: _type, ...about } = event;
      this.#about = about;
      return [];
    }
    if (event.type === 'warning') {
      if (this.hasStarted) this.#late.push(event.warning);
      else this.#warnings.push(noteOf(event.warning));
      return [];
    }
    const parts = this.#of(event);
    if (this.hasStarted || event.type === 'usage') return parts;
    this.hasStarted = true;
    const start: OutputStreamPart<V>[] = [
      { type: 'stream-start', warnings: this.#warnings.map(this.#dialect.warning) },
      { type: 'response-metadata', ...responseOf(this.#about) },
    ];
    return [...start, ...parts];
  }

  #of(event: ChatStreamEvent): OutputStreamPart<V>[] {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta': {
        const kind = event.type === 'text-delta' ? 'text' : 'reasoning';
        const { parts, id } = this.#begun(event.index, kind);
        return [...parts, { type: event.type, id, delta: event.delta }];
      }
      case 'tool-call-start': {
        this.#open.set(event.index, { kind: 'tool-input', id: event.id });
        return [{ type: 'tool-input-start', id: event.id, toolName: event.name }];
      }
      case 'tool-call-delta': {
        const id = this.#open.get(event.index)?.id;
        return id === undefined ? [] : [{ type: 'tool-input-delta', id, delta: event.delta }];
      }
      case 'citation':
        return this.#citation(event.index, event.citation);
      case 'block':
        return this.#block(event.index, event.block);
      case 'finish': {
        const ends = [...this.#open].flatMap(([, { kind, id }]): OutputStreamPart<V>[] =>
          kind === 'tool-input' ? [] : [{ type: `${kind}-end`, id }],
        );
        this.#open.clear();
        const finishReason = this.#dialect.finish(event.finishReason);
        const said = responseOf(event);
        const again: OutputStreamPart<V>[] =
          Object.keys(said).length === 0
            ? []
            : [{ type: 'response-metadata', ...responseOf(this.#about), ...said }];
        const told = endData(event, this.#dialect, this.#late);
        return [
          ...ends,
          ...again,
          { type: 'finish', usage: this.#dialect.usage(event.usage), finishReason, ...told },
        ];
      }
      case 'usage':
        return [];
      default:
        return this.#isRaw ? [{ type: 'raw', rawValue: event }] : [];
    }
  }

  #begun(index: number, kind: 'text' | 'reasoning'): { parts: OutputStreamPart<V>[]; id: string } {
    const open = this.#open.get(index);
    if (open !== undefined) return { parts: [], id: open.id };
    const id = String(index);
    this.#open.set(index, { kind, id });
    return { parts: [{ type: `${kind}-start`, id }], id };
  }

  /** At once, for those who show sources; its place in the text comes with the end of the text. */
  #citation(index: number, citation: CitationBlock): OutputStreamPart<V>[] {
    const at = this.#cited.get(index) ?? 0;
    this.#cited.set(index, at + 1);
    return [sourceOf(citation, `${index}-${at}`)];
  }

  #block(index: number, block: ContentBlock): OutputStreamPart<V>[] {
    const text = JSON.stringify(block);
    const known = this.#ended.get(index);
    if (known === text) return [];
    this.#ended.set(index, text);
    if (known !== undefined) return this.#again(index, block);
    const open = this.#open.get(index);
    this.#open.delete(index);
    if (block.type === 'text' || block.type === 'reasoning') return this.#end(index, block, open);
    const [part, ...rest] = partsOf(block, index, this.#dialect) as OutputStreamPart<V>[];
    const ends: OutputStreamPart<V>[] =
      open?.kind === 'tool-input' ? [{ type: 'tool-input-end', id: open.id }] : [];
    // Up to V3 what no part is like is reasoning without words, which a stream has in pieces.
    const whole =
      (part as { readonly type: string }).type === 'reasoning'
        ? this.#silent(`${index}`, part as object)
        : [part as OutputStreamPart<V>];
    return [...ends, ...whole, ...rest];
  }

  #end(index: number, block: Ending, open: Open | undefined): OutputStreamPart<V>[] {
    const id = open?.id ?? String(index);
    const told = toldOf(block, 'text');
    const start: OutputStreamPart<V>[] = open === undefined ? [{ type: `${block.type}-start`, id }] : [];
    const delta: OutputStreamPart<V>[] =
      open === undefined && block.text !== '' ? [{ type: `${block.type}-delta`, id, delta: block.text }] : [];
    if (block.type === 'reasoning') return [...start, ...delta, { type: 'reasoning-end', id, ...told }];
    const { citations = [] } = block;
    const missing = citations
      .slice(this.#cited.get(index) ?? 0)
      .flatMap((each) => this.#citation(index, each));
    const placed = citations.map((each, at) => placedOf(each, sourceOf(each, `${index}-${at}`)));
    const cited = this.#dialect.version === 'v4' && placed.length > 0 ? { citations: placed } : {};
    return [...start, ...delta, ...missing, { type: 'text-end', id, ...cited, ...told }];
  }

  /** A block that came again once its part had ended, such as with a late signature: beside it, for the way back. */
  #again(index: number, block: ContentBlock): OutputStreamPart<V>[] {
    if (block.type !== 'text' && block.type !== 'reasoning') return [];
    const told = toldOf(block, 'text');
    const providerMetadata = {
      ...told.providerMetadata,
      [OURS]: { ...told.providerMetadata?.[OURS], again: true },
    };
    const id = `${index}-again`;
    return block.type === 'reasoning'
      ? this.#silent(id, { providerMetadata })
      : [
          { type: 'text-start', id },
          { type: 'text-end', id, providerMetadata },
        ];
  }

  #silent(id: string, told: object): OutputStreamPart<V>[] {
    const { providerMetadata } = told as {
      providerMetadata?: { [provider: string]: { [member: string]: never } };
    };
    const data = providerMetadata === undefined ? {} : { providerMetadata };
    return [
      { type: 'reasoning-start', id, ...data },
      { type: 'reasoning-end', id, ...data },
    ];
  }
}

type Ending = Extract<ContentBlock, { type: 'text' | 'reasoning' }>;
