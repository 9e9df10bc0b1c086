import { describe, expect, it } from 'vitest';
import en from '../../../resources/locales/en.json';
import ptBr from '../../../resources/locales/pt-BR.json';
import { createTranslate, localeFromEnv, MISSING_MARK, resolveLanguage } from '../../../src/main/i18n.js';

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
const texts = { en: flat(en), 'pt-BR': flat(ptBr) };
const base = (key: string): string => key.replace(/_(one|many|other)$/, '');
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? ''))].sort();

describe('locales', () => {
  it('have the same keys', () => {
    const keys = (list: [string, string][]) => [...new Set(list.map(([key]) => base(key)))].sort();
    expect(keys(texts['pt-BR'])).toEqual(keys(texts.en));
  });

  it('have every plural form that their language needs', () => {
    const wrong = (['en', 'pt-BR'] as const).flatMap((language) => {
      const needed = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
      const forms = new Map<string, string[]>();
      for (const [key] of texts[language])
        if (base(key) !== key) forms.set(base(key), [...(forms.get(base(key)) ?? []), key.slice(base(key).length + 1)]);
      return [...forms].filter(([, found]) => found.sort().join() !== needed.join()).map(([key, found]) => `${language} ${key}: ${found}`);
    });
    expect(wrong).toEqual([]);
  });

  it('fill the same placeholders', () => {
    const own = (list: [string, string][]) => {
      const found = new Map<string, Set<string>>();
      for (const [key, text] of list) found.set(base(key), new Set([...(found.get(base(key)) ?? []), ...placeholders(text)]));
      return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, names]) => [key, [...names].sort()]));
    };
    expect(own(texts['pt-BR'])).toEqual(own(texts.en));
  });

  it('have no empty text, and nest no other text: values are hostile', () => {
    const odd = [...texts.en, ...texts['pt-BR']].filter(([, text]) => text.trim() === '' || text.includes('$t('));
    expect(odd).toEqual([]);
  });
});

describe('createTranslate', () => {
  it('gives the text of its language, filled', () => {
    expect(createTranslate('en')('cli.usage.notAPid', { value: 'x' })).toBe('“x” is no process id.');
    expect(createTranslate('pt-BR')('cli.usage.notAPid', { value: 'x' })).toBe('“x” não é um identificador de processo.');
  });

  it('marks a text that there is not', () => {
    expect(createTranslate('en')('cli.noSuchText')).toBe(`${MISSING_MARK}cli.noSuchText⟧`);
    expect(createTranslate('pt-BR')('cli')).toContain('cli');
  });

  it('leaves a value that was not given visible', () => {
    expect(createTranslate('en')('cli.usage.notAPid', { other: 'x' })).toBe('“{{value}}” is no process id.');
  });

  it.each(['{{count}}', '$t(cli.end.excluded)', '<b>&amp;</b>', "$& $1 $' $$", '{{value}}', ''])(
    'interprets nothing in the value %j',
    (value) => {
      expect(createTranslate('en')('cli.usage.notAPid', { value })).toBe(`“${value}” is no process id.`);
    },
  );

  it('takes no options from values', () => {
    const t = createTranslate('en');
    const plain = t('cli.usage.notAPid', { value: 'x' });
    expect(
      t('cli.usage.notAPid', {
        value: 'x',
        lng: 'pt-BR',
        context: 'a',
        defaultValue: 'b',
        ns: 'c',
        returnObjects: 1,
        fallbackLng: 'pt-BR',
      }),
    ).toBe(plain);
  });

  it('chooses the plural of its language', () => {
    const counts = [0, 1, 2, 1_000_000];
    expect(counts.map((count) => createTranslate('en')('cli.count.sessions', { count }))).toEqual([
      '0 sessions',
      '1 session',
      '2 sessions',
      '1000000 sessions',
    ]);
    expect(counts.map((count) => createTranslate('pt-BR')('cli.count.sessions', { count }))).toEqual([
      '0 sessão',
      '1 sessão',
      '2 sessões',
      '1000000 de sessões',
    ]);
  });
});

describe('resolveLanguage', () => {
  it.each([
    ['en', 'pt_BR.UTF-8', 'en'],
    ['pt-BR', null, 'pt-BR'],
    ['system', 'pt_BR.UTF-8', 'pt-BR'],
    ['system', 'pt', 'pt-BR'],
    ['system', 'PT-pt', 'pt-BR'],
    ['system', 'en_US.UTF-8', 'en'],
    ['system', 'C', 'en'],
    ['system', 'ptx', 'en'],
    ['system', '', 'en'],
    ['system', null, 'en'],
  ] as const)('%s with %j is %s', (setting, locale, language) => expect(resolveLanguage(setting, locale)).toBe(language));
});

describe('localeFromEnv', () => {
  it.each([
    [{ LC_ALL: 'a', LC_MESSAGES: 'b', LANG: 'c' }, 'a'],
    [{ LC_ALL: '', LC_MESSAGES: 'b', LANG: 'c' }, 'b'],
    [{ LANG: 'c' }, 'c'],
    [{}, null],
  ])('%j gives %j', (env, locale) => expect(localeFromEnv(env)).toBe(locale));
});
