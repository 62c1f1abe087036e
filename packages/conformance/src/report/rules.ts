/** The rules that the suites hold implementations to, by their id: what each demands, in a sentence or two. */
export const rules: Readonly<Record<string, string>> = {
  'C-01':
    "Every call takes a signal and honours it at every await, waits for a retry included; it then rejects with exactly the signal's reason, and closes its connection.",
  'C-02': 'A call under a signal that is aborted already sends nothing.',
  'C-03': 'No listener stays on a signal, however its calls ended.',
  'C-04':
    'Time is bounded: one attempt of a whole reply, each silence of a stream and never the length of a healthy one, and the call with all its retries.',
  'C-05': 'What is passed in is never changed; what comes back is plain data of its own.',
  'C-07':
    "What a provider offers and the contract does not model goes in through `providerOptions` and comes back in `providerMetadata`, keyed by provider, so that another's is ignored. Headers of the application's own, and the query of the base URL, go with every request.",
  'C-08':
    'What a provider cannot do is refused, typed, before anything is sent; a preference it cannot honour is left out with a warning, and refused under `strict`.',
  'C-09':
    "A key never shows in an error, in JSON or in what `inspect` gives, also when the provider's reply repeats it.",
  'C-13':
    'What comes from outside is bounded: bytes of a reply and of a line, silence counted in what is said, the wait that a server asks for. Past a bound there is a typed error that names it.',
  'C-14':
    'What is opaque goes back to the server it came from, unchanged and through JSON too, and to no other; ids are made fit for each wire.',
  'C-16':
    'Every response says who answered: the integration, the name that the application gave its server, and the model.',
  'E-01':
    'A reply is whole when its end was said, by a finish reason or by the terminal event; a stream that ends with neither is an error that carries what had arrived.',
  'E-02': "A reply with status 200 that is not in the provider's format is `malformed-response`.",
  'E-03': 'A connection that breaks is `connection`, and tried again as long as nothing was handed out.',
  'E-04':
    'Each status has its code. 408, 409, 429, 500, 502, 503, 504 and 529 are tried again, as late as `Retry-After` says; spent quota and other refusals never.',
  'E-05': 'Attempts are bounded, only one layer makes them, and every retry is an event.',
  'E-06':
    "A failure is known in whatever shape a server says it, status 200 included: its code, in the server's own words.",
  'W-01': 'However the bytes come, split anywhere and framed in any legal way, the reply is the same.',
  'W-02': 'Unknown events, blocks and fields are ignored or kept, never fatal.',
  'W-03':
    'Identity is by id first and by position last: what comes again replaces and never adds. Redirects to another origin are refused.',
  'V-01': 'Every span that starts ends exactly once, whatever becomes of its call.',
  'L-01':
    'Usage counts all tokens of the prompt, cached ones included, and all of the output, reasoning included. What the provider does not say is absent, not zero.',
  'L-02': 'Usage that comes again replaces what was known, field by field; it never adds up.',
  'L-03': 'Every delta says its place in the content, so that interleaved blocks are rebuilt exactly.',
  'L-04': '`final()` of a stream equals `chat()` on the same content.',
  'L-05':
    'A stream is read once, sends nothing before it is read, and takes no more of the wire than its reader does.',
  'L-06':
    'Leaving a stream settles at once and closes what it reads from, also while it waits; `final()` always settles.',
  'L-07': 'What was asked for is what is sent, and what was answered is what comes back.',
  'M-01':
    'Texts, and blocks where they are declared, are sent in batches within the declared limits, by a bounded pool, equal ones once; each gets its vector, in their order. What was cut is told. A failure stops the rest.',
  'M-02': "Vectors follow the provider's index, not the order of its rows.",
  'M-03':
    'Too few, too many, empty, uneven or wrong-sized rows and numbers that are none are `malformed-response`.',
  'M-04': 'A call that fails hands over what was finished, and has kept it in the cache.',
  'M-05':
    'No texts make no request; an empty text is refused, unless the model is declared to take it, and so is a block that is none.',
  'M-06':
    'The cache is asked by a published key that tells provider, model, dimensions, kind and input apart; values are little-endian bytes; concurrent misses of one key are one request; what is corrupt is a miss with a warning.',
  'M-07': 'A stream of texts runs in bounded memory, in input order, and stops with its reader.',
  'M-08':
    'Similarity is cosine, dot or euclidean (negated), so that higher is more alike; a zero vector gives 0 and never NaN; vectors of different lengths are an error.',
  'K-01':
    'A ranking names each document at most once, by a place that exists, best score first; anything else is `malformed-response`. What the server warns of is told.',
  'K-02': 'No documents make no request.',
  'K-03':
    'More documents than a request takes are split and merged where scores are comparable, and refused where they are not.',
  'Q-01':
    'What a dialect says of its wire is what its wire says: its readers read what was sent, and `without` names nothing that was.',
  'R-01':
    'Index nodes lead to nodes, retrievers and query engines, all asked at the same time, in no circle and to a bounded depth; an id that leads nowhere is `configuration`, and is named.',
  'R-02':
    'A higher score is better, everywhere; every score is a finite number, the best comes first, and where nothing is found there is none. A score is handed on as it is, 0 included.',
  'R-03':
    'Equal content of one source document is one result, in the first place and with the best score; of two documents it stays two.',
  'R-04':
    '`signal`, topK, filters, the trail and the span reach everything that is asked below, and hold there.',
  'P-01': 'A text has one value: the last one of its stream, however it is cut, is what `parse` gives.',
  'P-02':
    'What a stream has shown never changes; values share what they have in common, so that the work is linear in the text.',
  'P-03':
    'Whatever the text is, a failure is `parse` or `validation`, with the text, where it went wrong and what was expected.',
  'P-04':
    'The first complete JSON value counts, in fences and prose, lists included; of two members with one name the last; numbers and literals are shown whole; names are data.',
  'P-05':
    'A schema comes from any library: the model is shown its input, the result is its output, and null for what is absent is dropped.',
  'S-01': 'A store has every member of its contract.',
  'S-02':
    'A limiter refuses at once what can never fit; it is first come, first served, its waits end with their signal, and actual usage corrects what was estimated.',
  'S-03':
    'What was set is got, byte for byte, also after a restart where the store persists; what has expired is a miss; namespaces do not leak; a failure is not a miss.',
  'I-01':
    'At any moment of a kill the index holds, for each document, the old version or the new one, never neither and never both; the next run finishes the work.',
  'I-02': 'Equal content under two identities stays two documents.',
  'S-04':
    'A vector store refuses what it does not declare, a wrong dimension and a vector that is not finite. An upsert of the same id replaces; a delete leaves nothing of what it names; filters mean the same everywhere and apply before the best are taken; what is nearest is found.',
  'S-05':
    'A store that writes on a condition sets an entry only while it is what was expected, in one step for all who write to it, so that no update is lost.',
  'S-06':
    'A store that locks keys gives each to one holder at a time, in all processes, until it is released or its holder is gone; nobody waits, and entries are what they were.',
  'T-02': 'Text that is not trusted stands between tags that it cannot close.',
  'V-02': 'Every span is linked to the one around it.',
  'N-01': 'A postprocessor gives each node once, whole, with a finite score, and makes nothing of nothing.',
  'N-02': 'It changes the order, the number and the scores of nodes only where that is its purpose.',
  'Z-01':
    'A citation names a source that was given, and its quote stands there at the offsets given; one that does not is flagged.',
  'Z-02': 'Nothing found is said, without a call to the model.',
  'Z-03':
    'What was used is told: the sources, numbered by their place, the usage of all calls together, why the last reply ended, and a warning for what was left out.',
  'Z-04':
    'A stream of an answer tells the sources first, then the text in deltas, each citation once its marker is there, and the response last.',
  'Z-05': 'A failure below is a failure of the answer, with its code; never an answer that lacks something.',
  'H-01':
    'A turn enters the history when its answer is whole, the message and the answer together; one that failed, was aborted or left is not in it.',
  'H-02': 'What was said before is shown to the model with the next message.',
  'H-03': 'There is one turn at a time: another one meanwhile, and a reset, is `conflict`.',
  'H-04':
    'No message and no answer in the history is empty: the one is refused, the other left out with a warning.',
  'H-05': 'A conversation goes on where it was kept, and is gone everywhere once it is reset.',
  'H-06':
    'Of two turns that are answered at once, by two engines or processes, one is added and the other is `conflict`, and kept beside it: none is lost.',
  'H-07':
    'A conversation is a tree of turns: an earlier one is answered anew beside it, and one goes on after any of them.',
  'H-08':
    'A turn that needs an approval waits in the conversation, in no history and for any process: what was approved runs once, and what was not does not run.',
  'D-01':
    'A reader is lazy: it holds one document at a time, and what cannot be read is reported and does not stop the rest. It can be resumed.',
  'D-02': 'Every document and node keeps where it came from, to the page or heading and the character.',
  'X-01': 'No chunk is above its token limit, the metadata that a model sees with it included.',
  'X-02':
    'Offsets are exact, also where a text repeats, and the chunks with their overlaps cover the text but white space.',
  'X-03': 'Time is linear in the text.',
  'I-03': 'A document that fails is set aside, reported, and tried again by the next run.',
  'I-04':
    'A document knows its item, what a reader read it from; failures are matched by item. Each document is written by one worker, once.',
};
