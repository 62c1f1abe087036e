// #region files
import { htmlFormat, readHtml } from '@mortise/html';
import { DirectoryReader } from '@mortise/rag';

const reader = new DirectoryReader({ directory: 'site', formats: { '.html': htmlFormat() } });
for await (const { text, metadata } of reader.read()) console.log(metadata['title'], text.length);
// #endregion

const response = new Response('<title>Tides</title><main><p>The moon pulls at the sea.</p></main>');
// #region page
const page = await readHtml(await response.text());
const place = page.sourceRange({ start: 0, end: 10 }); // where the first ten characters stand in the HTML
// #endregion
console.log(page.text.trim(), place?.start);
