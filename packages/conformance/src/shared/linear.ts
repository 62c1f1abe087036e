/** Characters of every class, and pieces of them that readers know: what a pattern may be slow on when it comes again and again. */
export const REPEATED: readonly string[] = [
  ...[
    'a',
    'Z',
    '0',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '"',
    "'",
    '`',
    '“',
    '\\',
    '/',
    '|',
    '#',
    '-',
    '–',
  ],
  ...['*', '_', '~', '+', '=', ':', ';', ',', '.', '!', '?', '&', '@', '%', '$', '^'],
  ...[
    ' ',
    '\t',
    '\n',
    '\r',
    '\u00a0',
    '\u2028',
    '\u200b',
    '\u034f',
    '\0',
    'é',
    '中',
    '😀',
    '\ud83d',
    '\udc00',
  ],
  ...[
    '"b',
    '""',
    '", ',
    '\\"',
    '{"',
    '["',
    '[1]',
    '{}',
    '<a',
    '</',
    '<a>',
    '&lt;',
    '```\n',
    '- ',
    '# ',
    'a: ',
    ' a',
    '1,',
  ],
];

/** What a pattern may fail at in the end, and go back from. */
const TAILS = ['', 'a', '!', '`'];

/** A text that takes more than its length says. */
export interface SlowReading {
  /** What was repeated, and what stood before and behind. */
  readonly text: string;
  /** CPU time for four times the text over that for the text: 4 when it is linear, 16 when it is quadratic. */
  readonly ratio: number;
  /** CPU milliseconds of four times the text. */
  readonly milliseconds: number;
}

/** What is tried. */
export interface LinearOptions {
  /** Characters of the shortest text; it is tried at two and four times as many, and at sixteen where those look slow. Default: 16,000. */
  readonly length?: number | undefined;
  /** What is repeated; a function makes each piece from its number, as of keys that must differ. Default: {@link REPEATED}. */
  readonly repeated?: readonly (string | ((at: number) => string))[] | undefined;
  /** What stands before it, each in turn. Default: nothing. */
  readonly heads?: readonly string[] | undefined;
  /** What stands behind it, each in turn. Default: nothing, a letter, a mark, a tick. */
  readonly tails?: readonly string[] | undefined;
  /** Counts the CPU time of every thread of the process, for what reads in one of its own. Default: false. */
  readonly everyThread?: boolean | undefined;
}

/** Linear work takes four times as long for four times the text; what takes more is looked at again. */
const MOST = 5;
/** No noise makes linear work look like this, with as many milliseconds: it is not tried again. */
const CERTAIN = { ratio: 11, milliseconds: 1000 } as const;
/**
 * What looked slow is tried at sixteen times the text: linear work takes 16 times as long, quadratic 256. Between them is what
 * slow memory or a compiler that is not done makes of linear work: on a busy machine 9 was seen for four times the text,
 * whatever the text was. Beside four times the text it must be slow too (linear work takes 4 times as long, quadratic 16): many
 * systems count the time of a thread in ticks of 4 ms, and of the shortest text there may be one, or none.
 */
const LONGER = { times: 16, most: 64, mostOfFour: 8 } as const;
/**
 * Less than this for each 64,000 characters of the longest text is not told apart from noise: a collection of garbage takes
 * as long. Quadratic work takes seconds there.
 */
const FLOOR_MS = 30;
const TRIES = 4;

/**
 * Runs `read` on long texts of one thing, and gives those for which CPU time grows much faster than the text. What it throws
 * is its own affair: a refusal takes time too. For tests: `expect(await slowReadings(read)).toEqual([])`.
 */
export async function slowReadings(
  read: (text: string) => unknown,
  {
    length = 16_000,
    repeated = REPEATED,
    heads = [''],
    tails = TAILS,
    everyThread = false,
  }: LinearOptions = {},
): Promise<SlowReading[]> {
  const slow: SlowReading[] = [];
  for (const unit of repeated)
    for (const head of heads)
      for (const tail of tails) {
        const textOf = (times: number): string => head + repeat(unit, length * times) + tail;
        const cpu = (times: number): Promise<number> => cpuOf(read, textOf(times), everyThread);
        const found = await judged(cpu, (FLOOR_MS * length * 4) / 64_000);
        if (found !== undefined)
          slow.push({
            text: `${JSON.stringify(head)}, ${JSON.stringify(typeof unit === 'string' ? unit : unit(0))}..., ${JSON.stringify(tail)}`,
            ...found,
          });
      }
  return slow;
}

function repeat(unit: string | ((at: number) => string), length: number): string {
  if (typeof unit === 'string') return unit.repeat(Math.ceil(length / unit.length));
  const pieces: string[] = [];
  for (let at = 0, made = 0; made < length; at++) {
    const piece = unit(at);
    pieces.push(piece);
    made += piece.length;
  }
  return pieces.join('');
}

async function judged(
  cpu: (times: number) => Promise<number>,
  floorMs: number,
): Promise<Omit<SlowReading, 'text'> | undefined> {
  let least = { ratio: Number.POSITIVE_INFINITY, milliseconds: 0 };
  let passed = false;
  // The least of a few, as a collection of garbage can only add to it.
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const milliseconds = await cpu(4);
    if (milliseconds < floorMs) return undefined;
    const short = await cpu(1);
    const middle = await cpu(2);
    // Of both, as the shortest may be too short to be timed.
    const ratio = Math.min(milliseconds / short, (milliseconds / middle) ** 2);
    if (ratio <= MOST) {
      // Once may be chance: an engine that has thrown away what it compiled of a pattern takes as long for the short text.
      if (passed) return undefined;
      passed = true;
      continue;
    }
    if (ratio > CERTAIN.ratio && milliseconds > CERTAIN.milliseconds) return { ratio, milliseconds };
    if (ratio < least.ratio) least = { ratio, milliseconds };
  }
  return (await isSlowAtLast(cpu)) ? least : undefined;
}

async function isSlowAtLast(cpu: (times: number) => Promise<number>): Promise<boolean> {
  const short = Math.min(await cpu(1), await cpu(1));
  const middle = await cpu(4);
  const long = await cpu(LONGER.times);
  return long / short > LONGER.most && long / middle > LONGER.mostOfFour;
}

/** CPU milliseconds of this thread, where the runtime tells them and they are asked for, else of the process. */
async function cpuOf(read: (text: string) => unknown, text: string, everyThread: boolean): Promise<number> {
  const { threadCpuUsage } = process as { readonly threadCpuUsage?: () => NodeJS.CpuUsage };
  const ofThread = everyThread ? undefined : threadCpuUsage;
  const usage = (): NodeJS.CpuUsage => ofThread?.call(process) ?? process.cpuUsage();
  const before = usage();
  try {
    await read(text);
  } catch {
    // Refused.
  }
  const { user, system } = usage();
  return (user + system - before.user - before.system) / 1000;
}
