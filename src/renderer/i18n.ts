import i18next from 'i18next';
import { createContext, createElement, type ReactNode, useContext, useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import en from '../../resources/locales/en.json';
import ptBr from '../../resources/locales/pt-BR.json';
import { deepEqual } from '../shared/equal.js';
import type { Language } from '../shared/format.js';
import type { Evidence } from '../shared/types.js';
import { useShown } from './store.js';

/** Starts the words in a language; resources are in the bundle, so that it is ready at once. */
export const startWords = (language: Language): void => {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    supportedLngs: ['en', 'pt-BR'],
    resources: { en: { translation: en }, 'pt-BR': { translation: ptBr } },
    // React escapes; twice would show "&amp;" in a path.
    interpolation: { escapeValue: false },
    initAsync: false,
    returnNull: false,
  });
};

export type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string;

interface Said {
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
}

/** Words out of a translator. The last text of each key is kept: a table asks for the same few hundreds of times a second. */
export const sayer = (translate: (key: string, values: Record<string, unknown>) => string): Say => {
  const said = new Map<string, Said>();
  return (key, values) => {
    const kept = said.get(key);
    if (kept !== undefined && deepEqual(kept.values, values)) return kept.text;
    const text = translate(key, { ...values });
    said.set(key, { values, text });
    return text;
  };
};

/** The words of the first of these keys that has some; null = none has. */
export const sayIfKnown = (keys: readonly string[], values: Readonly<Record<string, unknown>> = {}): string | null => {
  const key = keys.find((one) => i18next.exists(one, values));
  return key === undefined ? null : i18next.t(key, values);
};

/** The same words for what is not drawn by React. */
export const sayNow: Say = (key, values = {}) => i18next.t(key, values);

const Words = createContext<Say>(sayNow);
const Languages = createContext<Language>('en');

/** Gives the page its words and its language. One subscription to each for all of it, in place of one a cell. */
export const WordsProvider = ({ children }: { readonly children: ReactNode }): ReactNode => {
  const { t } = useTranslation();
  const language = useShown((shown) => shown.app?.language ?? 'en');
  const say = useMemo(() => sayer(t), [t]);
  return createElement(Languages, { value: language }, createElement(Words, { value: say }, children));
};

/** The language that main has resolved, for numbers and dates. */
export const useLanguage = (): Language => useContext(Languages);

/** The words of the page. */
export const useWords = (): Say => useContext(Words);

type Texts = 'finding' | 'evidence' | 'refusal' | 'warning' | 'result' | 'error' | 'notice';

/** A text that came from main as a key and its values. The values are hostile: they are shown as text, never looked up. */
export const sayFrom = (say: Say, group: Texts, text: Pick<Evidence, 'id' | 'values'>): string =>
  say(`${group}.${text.id}`, { ...text.values });
