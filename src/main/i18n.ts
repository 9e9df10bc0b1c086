import i18next from 'i18next';
import en from '../../resources/locales/en.json';
import ptBr from '../../resources/locales/pt-BR.json';
import type { Language } from '../shared/format.js';

/** Looks a text up by its key and fills it. Values are hostile text: nothing in them is interpreted, nothing is escaped. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** Around the key of a text that no locale has; tests look for it. */
export const MISSING_MARK = '⟦';

/** A translator for one language; a text missing there is taken from English, one missing there too shows as its marked key. */
export const createTranslate = (language: Language): Translate => {
  const instance = i18next.createInstance();
  // Resources are at hand: init is done when the call returns, its promise has nothing to tell.
  void instance.init({
    lng: language,
    fallbackLng: 'en',
    supportedLngs: ['en', 'pt-BR'],
    load: 'currentOnly',
    resources: { en: { translation: en }, 'pt-BR': { translation: ptBr } },
    initAsync: false,
    nsSeparator: false,
    returnNull: false,
    // Shown as text only, in a terminal or by React, which escapes by itself.
    interpolation: { escapeValue: false },
    parseMissingKeyHandler: (key) => `${MISSING_MARK}${key}⟧`,
  });
  return (key, values) => {
    if (values === undefined) return instance.t(key);
    // `replace` keeps the names of values apart from i18next's own options (lng, context, defaultValue, …).
    const count = values.count;
    return instance.t(key, typeof count === 'number' ? { replace: values, count } : { replace: values });
  };
};

/** The locale that the environment asks for messages, as POSIX ranks the variables; null = none. */
export const localeFromEnv = (env: Readonly<Record<string, string | undefined>>): string | null =>
  env.LC_ALL || env.LC_MESSAGES || env.LANG || null;

/** The language of a setting; "system" = the locale's ("pt_BR.UTF-8", "pt-PT", …), English where we have none for it. */
export const resolveLanguage = (setting: 'system' | Language, locale: string | null): Language => {
  if (setting !== 'system') return setting;
  return locale !== null && /^pt([-_.@]|$)/i.test(locale) ? 'pt-BR' : 'en';
};

/** Translators made when they are first asked for, and kept. */
export const createTranslators = (): ((language: Language) => Translate) => {
  const made = new Map<Language, Translate>();
  return (language) => {
    const known = made.get(language) ?? createTranslate(language);
    made.set(language, known);
    return known;
  };
};
