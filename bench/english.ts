/** English as it is written, as far as a tokenizer and a splitter can tell: the same text for the same size, always. */
export function english(characters: number): string {
  const next = randomNumbers(20_261_125);
  const paragraphs: string[] = [];
  for (let length = 0; length < characters;) {
    const sentences = Array.from({ length: 3 + Math.floor(next() * 6) }, () => sentence(next));
    const paragraph = sentences.join(' ');
    paragraphs.push(paragraph);
    length += paragraph.length + 2;
  }
  return paragraphs.join('\n\n').slice(0, characters);
}

function sentence(next: () => number): string {
  const count = 6 + Math.floor(next() * 22);
  const words = Array.from({ length: count }, () => word(next));
  const comma = Math.floor(next() * count);
  const text = words.map((each, at) => (at === comma && at < count - 1 ? `${each},` : each)).join(' ');
  const end = next();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end < 0.05 ? '?' : end < 0.08 ? '!' : '.'}`;
}

/** Every other word is a function word; the others are rarer the further back they stand, some with an ending. */
function word(next: () => number): string {
  if (next() < 0.45) return FUNCTION_WORDS[Math.floor(next() ** 2 * FUNCTION_WORDS.length)] as string;
  const chosen = CONTENT_WORDS[Math.floor(next() ** 2 * CONTENT_WORDS.length)] as string;
  const kind = next();
  if (kind < 0.02) return `${1800 + Math.floor(next() * 220)}`;
  if (kind < 0.05) return chosen.charAt(0).toUpperCase() + chosen.slice(1);
  return kind < 0.25 ? `${chosen}s` : chosen;
}

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FUNCTION_WORDS =
  'the of and to a in that it is was for on as with by at from this be which or an had not are but have his her they were one all their there been if more when will would who so no what up out into than them can only other then some could time these two may any also its over such our after first like must through now most made before between under where much those while should because each own during without both since might about upon however whether therefore'.split(
    ' ',
  );

const CONTENT_WORDS =
  'year people way day man thing woman life child world school state family student group country problem hand part place case week company system program question work government number night point home water room mother area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game line end member law car city community name president team minute idea kid body information back parent face level office door health person art war history party result change morning reason research girl guy moment air teacher force education foot boy age policy music market sense nation plan college interest death experience effect use class control field development role effort rate heart drug show leader light voice wife police mind price report decision son view relationship town road arm difference value building action season society tax director position player record paper space ground form event official matter center couple site project activity star table need court oil situation cost industry figure street image phone data picture practice piece land product doctor wall worker news test movie north love step computer type attention film tree source truth window culture letter energy condition island river mountain garden kitchen bridge engine machine signal measure temperature pressure surface pattern structure theory argument evidence method sample experiment observation hypothesis laboratory instrument telescope microscope equation function variable parameter distribution probability frequency amplitude wavelength molecule enzyme protein membrane tissue organism species habitat climate sediment glacier volcano earthquake continent orbit planet galaxy asteroid satellite navigation harbour merchant voyage cargo lantern candle parchment manuscript cathedral monastery parliament constitution legislation ordinance jurisdiction plaintiff testimony verdict inheritance mortgage dividend inflation currency tariff surplus shortage harvest irrigation fertiliser orchard vineyard pasture blacksmith carpenter apprentice craftsmanship embroidery tapestry porcelain orchestra symphony violin percussion rehearsal choreography sculpture renaissance philosophy metaphysics epistemology consciousness perception imagination remembrance melancholy tranquillity perseverance circumstance misunderstanding acquaintance correspondence bureaucracy infrastructure transportation telecommunication refrigeration photosynthesis crystallisation electromagnetism thermodynamics archaeologist mathematician'.split(
    ' ',
  );
