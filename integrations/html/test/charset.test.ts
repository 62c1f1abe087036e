import { describe, expect, it } from 'vitest';
import { decodeHtml, htmlFormat } from '@mortise/html';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('charsets', () => {
  it.each([
    ['UTF-8 that says it is something else', Buffer.from('<meta charset="iso-8859-1"><p>Grüße 水')],
    [
      'UTF-8 whose XML says it is something else',
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><p>Grüße 水'),
    ],
    ['UTF-8 behind much ASCII', Buffer.from(`<meta charset="gbk">${' '.repeat(300_000)}Grüße 水`)],
    ['UTF-16 without a mark', Buffer.from('<p>Grüße 水', 'utf16le')],
    ['UTF-16 the other way round', Buffer.from('<p>Grüße 水', 'utf16le').swap16()],
    ['UTF-16 with a mark', Buffer.from('\ufeff<meta charset="utf-8"><p>Grüße 水', 'utf16le')],
  ])('D-01: reads %s', (_what, bytes) => {
    expect(decodeHtml('a.html', bytes)).toContain('Grüße 水');
  });

  it.each([
    ['<meta charset>', latin1('<meta charset="iso-8859-1"><p>Grüße')],
    ['bare', latin1('<META CHARSET=windows-1252 /><p>Grüße')],
    ['http-equiv', latin1('<meta content="text/html; charset=latin1" http-equiv="Content-Type"><p>Grüße')],
    ['XML', latin1('<?xml version="1.0" encoding="ISO-8859-1"?><p>Grüße')],
    ['behind a comment', latin1('<!-- <meta charset="koi8-r"> --><meta charset="latin1"><p>Grüße')],
    [
      'behind a script',
      latin1('<script>x = \'<meta charset="koi8-r">\'</script><meta charset="latin1"><p>Grüße'),
    ],
    ['behind a style', latin1('<style>/*<meta charset="koi8-r">*/</style><meta charset="latin1"><p>Grüße')],
    ['behind a title', latin1('<title><meta charset="koi8-r"></title><meta charset="latin1"><p>Grüße')],
    [
      'behind another attribute',
      latin1('<meta name="charset=koi8-r" content="charset=koi8-r"><meta charset="latin1"><p>Grüße'),
    ],
    ['behind much', latin1(`<style>${' '.repeat(5000)}</style><meta charset="latin1"><p>Grüße`)],
    ['behind one that cannot be', latin1('<meta charset="utf-8"><meta charset="latin1"><p>Grüße')],
  ])('D-01: reads what a page says where it counts: %s', (_what, bytes) => {
    expect(decodeHtml('a.html', bytes)).toContain('Grüße');
  });

  it.each([
    ['windows-1252', [0x93, 0x80, 0x94], '“€”'],
    ['iso-8859-1', [0x93, 0x80, 0x94], '“€”'],
    ['windows-1251', [0xcf, 0xf0, 0xe8], 'При'],
    ['koi8-r', [0xf0, 0xd2, 0xc9], 'При'],
    ['shift_jis', [0x93, 0xfa, 0x96, 0x7b], '日本'],
    ['x-sjis', [0x93, 0xfa, 0x96, 0x7b], '日本'],
    ['euc-jp', [0xc6, 0xfc, 0xcb, 0xdc], '日本'],
    ['gb2312', [0xd6, 0xd0, 0xce, 0xc4], '中文'],
    ['big5', [0xa4, 0xa4, 0xa4, 0xe5], '中文'],
    ['ks_c_5601-1987', [0xc7, 0xd1], '한'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], '日'],
    ['iso-8859-15', [0xa4], '€'],
    ['macintosh', [0x8a], 'ä'],
  ])('D-01: reads %s', (label, bytes, text) => {
    const page = Buffer.concat([Buffer.from(`<meta charset="${label}"><p>`), Uint8Array.from(bytes)]);
    expect(decodeHtml('a.html', page)).toContain(`<p>${text}`);
  });

  it.each([
    ['that say nothing', latin1('<p>Grüße')],
    ['that say UTF-8', latin1('<meta charset="utf-8"><p>Grüße')],
    ['that say something in a comment', latin1('<!-- <meta charset="latin1"> --><p>Grüße')],
    ['that say something in a script', latin1('<script>"<meta charset=latin1>"</script><p>Grüße')],
    [
      'that are not what they say',
      Buffer.concat([Buffer.from('<meta charset="euc-jp"><p>'), Uint8Array.of(0xc6, 0x20)]),
    ],
  ])('D-01: refuses bytes %s, and names the file', (_what, bytes) => {
    expect(() => decodeHtml('a.html', bytes)).toThrow(
      expect.objectContaining({ code: 'parse', message: expect.stringMatching(/^a\.html cannot be read/) }),
    );
  });

  it('reads those as it is told to, but for what is UTF-8 or says what it is', () => {
    expect(decodeHtml('a.html', latin1('<p>Grüße'), 'windows-1252')).toBe('<p>Grüße');
    expect(decodeHtml('a.html', latin1('<meta charset="utf-8">Grüße'), 'windows-1252')).toContain('Grüße');
    expect(decodeHtml('a.html', Buffer.from('<p>Grüße'), 'windows-1252')).toBe('<p>Grüße');
    const koi8 = Buffer.concat([Buffer.from('<meta charset=koi8-r>'), Uint8Array.of(0xf0)]);
    expect(decodeHtml('a.html', koi8, 'windows-1252')).toContain('П');
  });

  it('refuses a label that nobody knows', () => {
    for (const read of [
      () => htmlFormat({ encoding: 'klingon' }),
      () => decodeHtml('a', Buffer.of(), 'klingon'),
    ])
      expect(read).toThrow(
        expect.objectContaining({ code: 'configuration', message: expect.stringContaining('"klingon"') }),
      );
  });
});
