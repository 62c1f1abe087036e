import { createGptTokenizer } from '@mortise/gpt-tokenizer';

const tokenizer = await createGptTokenizer();
console.log(tokenizer.count('How many tokens is this?')); // 6
console.log(tokenizer.decode(tokenizer.encode('hello world'))); // hello world
