/** Something that is not JSON and was read as if it were. */
export interface JsonRepair {
  kind: JsonRepairKind;
  /** Where in the text, in UTF-16 units. */
  position: number;
}

/** What was wrong with a JSON text and could be put right. */
export type JsonRepairKind =
  | 'trailing-comma'
  | 'missing-comma'
  /** A comma or a colon that is doubled, `;` for a comma, `=` or `=>` for a colon. */
  | 'separator'
  /** White space that JSON does not have, such as a no-break space. */
  | 'white-space'
  /** A string or a key in quotes that are not `"`, or in three of them as Python has it. */
  | 'quotes'
  /** A `"` in a string that should have been `\"`. */
  | 'inner-quote'
  /** The `"` at the end of a string, in front of a comma and the next key. */
  | 'missing-quote'
  | 'unquoted-key'
  | 'comment'
  /** `True`, `False`, `None`; and `NaN`, `Infinity` and `undefined`, which are read as `null`. */
  | 'literal'
  /** `.5`, `+1`, `1.`, `01`. */
  | 'number'
  /** A line end or another control character in a string; noted once a string. */
  | 'control-character'
  /** A backslash before what JSON does not escape; it is kept, but before a quote. */
  | 'escape'
  /** The text ended inside. A string keeps what there is of it; a key without a value, a number and a literal go. */
  | 'truncated'
  | (string & {});
