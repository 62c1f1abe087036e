import { describe, expect, it } from 'vitest';
import { htmlFormat } from '@mortise/html';
import { memoryFile } from './memory.ts';
import { textOf } from './text.ts';

const XHTML = '<html xmlns="http://www.w3.org/1999/xhtml">';

describe('XHTML', () => {
  it.each([
    '<script src="a.js"/>',
    '<title/>',
    '<style/>',
    '<textarea/>',
    '<iframe src="x"/>',
    '<noscript/>',
    '<select/>',
  ])('D-01: takes %s for empty', async (tag) => {
    const body = '<h1>Chapter 1</h1><p>It was a dark and stormy night.</p>';
    const text = '# Chapter 1\n\nIt was a dark and stormy night.';
    expect(await textOf(`${XHTML}<head>${tag}</head><body>${body}</body></html>`)).toBe(text);
    expect(await textOf(`<?xml version="1.0"?>\n<html><body>${tag}${body}</body></html>`)).toBe(text);
    expect(await textOf(`<html><body>${tag}${body}</body></html>`, { xml: true })).toBe(text);
  });

  it('D-01: takes a tag for empty that would swallow the page', async () => {
    expect(await textOf('<html><head><script src="a.js"/></head><body><p>Text.</p></body></html>')).toBe(
      'Text.',
    );
  });

  it('reads a file by its name, in any case', async () => {
    const file = memoryFile(
      'book/CH1.XHTML',
      Buffer.from('<html><body><title/><p>It was dark.</p></body></html>'),
    );
    const call = { report: () => expect.fail('nothing is to be reported') };
    const texts: string[] = [];
    for await (const { text } of htmlFormat().read(file, call)) texts.push(text);
    expect(texts).toEqual(['It was dark.']);
  });

  it('keeps the title of a page that has one', async () => {
    const html = `${XHTML}<head><title>Ch &#49;</title></head><body><p>x</p></body></html>`;
    const { readHtml } = await import('@mortise/html');
    expect(await readHtml(html)).toMatchObject({ title: 'Ch 1', text: 'x' });
  });

  it.each([
    ['references of HTML and of XML', '<p>&eacute;&nbsp;&amp;&apos;&#x2014;</p>', "é &'—"],
    ['CDATA as text', '<p>if <![CDATA[a < b && c > d]]>.</p>', 'if a < b && c > d.'],
    ['CDATA that never ends', '<p>if <![CDATA[a < b</p>', 'if a < b</p></body></html>'],
    ['comments as nothing', '<p>a<!-- <p>b</p> -->c</p>', 'ac'],
    ['an empty element as one', '<p>a<a id="x"/>b<span/>c</p><div/><p>d</p>', 'abc\n\nd'],
    [
      'names with a prefix',
      '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math>',
      'x',
    ],
  ])('reads %s', async (_what, body, text) => {
    expect(await textOf(`<?xml version="1.0" encoding="utf-8"?>${XHTML}<body>${body}</body></html>`)).toBe(
      text,
    );
  });

  it('reads the entities that a page declares itself, each at its place', async () => {
    const doctype = '<!DOCTYPE html [ <!ENTITY co "Acme > Co"> <!ENTITY file SYSTEM "x.ent"> ]>';
    const html = `<?xml version="1.0"?>${doctype}${XHTML}<body><p>By &co;, &file; here.</p></body></html>`;
    const { readHtml } = await import('@mortise/html');
    const { text, sourceRange } = await readHtml(html);
    expect(text).toBe('By Acme > Co, &file; here.');
    const [start, end] = [text.indexOf('Acme'), text.indexOf('Acme') + 9];
    const range = sourceRange({ start, end });
    expect(html.slice(range?.start, range?.end)).toBe('&co;');
  });

  it('has no use for CDATA in HTML, as browsers have none', async () => {
    expect(await textOf('<p>a<![CDATA[b]]>c</p>')).toBe('ac');
  });
});
