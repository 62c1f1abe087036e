/** Words that a question has whatever it is about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about all also an and any are as at be been but by can could did do does for from get give had has have how i ' +
    'if in into is it its just let made make many may me more most much must my no not of off on one only or other our out ' +
    'own set should so some such take tell than that the their them then there these they this those to use used using ' +
    'was we were what when where which who whom why will with would you your'
  ).split(' '),
);

const WORD = /[\p{Letter}\p{Number}]+/gu;

/** The words that carry the meaning of a text, in a form in which singular and plural, `-ing` and `-ed` agree. */
export function termsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set(words.filter((word) => !STOP_WORDS.has(word)).map(stem));
}

/** The first steps of Porter's stemmer (Program 14(3), 1980), which is as much as telling sentences apart needs. */
export function stem(word: string): string {
  let result = word;
  if (/(ss|sh|ch|x|z)es$/.test(result)) result = result.slice(0, -2);
  else if (result.endsWith('ies') && result.length > 4) result = `${result.slice(0, -3)}y`;
  else if (/[^su]s$/.test(result) && result.length > 3) result = result.slice(0, -1);
  const cut = /^(.*[aeiouy].*[^aeiou])(ing|ed)$/.exec(result)?.[1];
  if (cut !== undefined && cut.length > 2) result = /([^aeiouylsz])\1$/.test(cut) ? cut.slice(0, -1) : cut;
  return result.length > 4 ? result.replace(/e$/, '') : result;
}
