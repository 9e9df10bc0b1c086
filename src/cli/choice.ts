import type { Core } from '../main/core.js';
import type { NoCore } from './doctor.js';
import type { ExitCode, Trouble, Ui } from './output.js';

/** What the arguments ask for. `core`: it needs the machine's state; `diagnosis`: it also wants to know why there is none. */
export type Task =
  | { readonly needs: 'nothing'; readonly act: (ui: Ui) => Promise<ExitCode> }
  | { readonly needs: 'core'; readonly act: (ui: Ui, core: Core) => Promise<ExitCode> }
  | { readonly needs: 'diagnosis'; readonly act: (ui: Ui, core: Core | NoCore) => Promise<ExitCode> };

export type Choice = { readonly task: Task } | { readonly trouble: Trouble };

/** A task over the machine's state. */
export const withCore = (act: (ui: Ui, core: Core) => Promise<ExitCode>): Choice => ({ task: { needs: 'core', act } });

/** Wrong use; `key` is below "cli.usage" in the locales. */
export const usage = (key: string, values?: Trouble['values']): Trouble => ({
  reason: 'usage',
  key: `cli.usage.${key}`,
  ...(values ? { values } : {}),
});

/** Wrong use as a choice. */
export const wrong = (key: string, values?: Trouble['values']): Choice => ({ trouble: usage(key, values) });

/** For an option that may be given more than once. */
export const collect = (text: string, texts: readonly string[] = []): readonly string[] => [...texts, text];
