import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import en from '../../../resources/locales/en.json' with { type: 'json' };
import ptBr from '../../../resources/locales/pt-BR.json' with { type: 'json' };
import { COLUMN_IDS } from '../../../src/renderer/columns.js';
import { sayFrom, sayNow, startWords } from '../../../src/renderer/i18n.js';
import { KINDS } from '../../../src/shared/types.js';

const folder = fileURLToPath(new URL('../../../src/renderer', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

const STATUSES = ['normal', 'high-memory', 'old', 'possible-orphan', 'orphan', 'protected'];
const ACTIVITIES = ['busy', 'waiting', 'shell', 'idle', 'unknown', 'none'];
/** Keys that the sources put together from parts. */
const MADE = [
  ...KINDS.map((kind) => `kind.${kind}`),
  ...STATUSES.map((status) => `status.${status}`),
  ...ACTIVITIES.map((activity) => `activity.${activity}`),
  ...COLUMN_IDS.flatMap((id) => [`ui.head.${id}`, `ui.column.${id}`]),
  ...['yes', 'no', 'unknown'].map((word) => `ui.details.leftOver.${word}`),
  ...['R', 'S', 'D', 'T', 't', 'Z', 'X', 'I'].map((state) => `ui.state.${state}`),
  ...['system', 'en', 'pt-BR'].map((language) => `ui.menu.languages.${language}`),
  ...['system', 'light', 'dark'].map((theme) => `ui.menu.themes.${theme}`),
  ...['end', 'force'].flatMap((verb) => ['Title', 'Button', 'None', 'What'].map((part) => `ui.end.${verb}${part}`)),
  ...['ended', 'killed'].flatMap((verb) => ['One', 'All', 'Some'].map((part) => `ui.result.${verb}${part}`)),
  ...['table', 'act', 'window'].map((group) => `ui.keys.group.${group}`),
];
const written = [...sources.matchAll(/'(ui\.[A-Za-z.]+)'/g)]
  .map((match) => match[1] ?? '')
  .filter((key) => !/^ui\.(end\.(end|force)|result\.(ended|killed))$/.test(key));

const holds = (locale: unknown, key: string): boolean => {
  const found = key
    .split('.')
    .reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), locale);
  return typeof found === 'string';
};
const missing = (locale: unknown): readonly string[] =>
  [...new Set([...written, ...MADE])].filter((key) => !holds(locale, key) && !holds(locale, `${key}_other`));

describe('the page’s words', () => {
  it('are looked for where they are', () => {
    expect(written.length).toBeGreaterThan(100);
  });

  it('are all there in both languages', () => {
    expect({ en: missing(en), ptBr: missing(ptBr) }).toEqual({ en: [], ptBr: [] });
  });
});

describe('sayFrom', () => {
  it('shows hostile values as they are: neither looked up, nor filled in, nor escaped', () => {
    startWords('en');
    const path = '<b>$t(ui.close) {{pid}} & "x"';
    expect(sayFrom(sayNow, 'evidence', { id: 'kind.desktopPath', values: { path } })).toBe(`Part of Claude Desktop: ${path}`);
  });
});
