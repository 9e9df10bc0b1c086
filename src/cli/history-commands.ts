import type { Command } from 'commander';
import type { Translate } from '../main/i18n.js';
import type { Edit } from '../shared/config-edit.js';
import { MOST_REHEARSED_DAYS } from '../shared/rehearsal.js';
import type { Choice } from './choice.js';
import { collect, withCore, wrong } from './choice.js';
import { editOf, parseKey, parseValue } from './config-key.js';
import { decisions } from './decisions.js';
import { history, MAX_SINCE_DAYS, parseSince, ranking } from './history.js';
import { rehearse } from './rehearse.js';

interface Flags {
  readonly since?: string;
  readonly by?: string;
  readonly json?: true;
  readonly csv?: true;
}

const BY = ['user', 'session', 'kind', 'project'] as const;
const DEFAULT_SINCE = '24h';

interface RehearseFlags {
  readonly set?: readonly string[];
  readonly days?: string;
  readonly json?: true;
}

/** KEY=VALUE as a change; null = there is no such key. A user's name may hold no "=". */
const editFrom = (text: string): Edit | null => {
  const at = text.indexOf('=');
  const key = at < 0 ? null : parseKey(text.slice(0, at));
  return key === null ? null : editOf(key, parseValue(key, text.slice(at + 1)));
};

/** `history`, `ranking` and `rehearse`: what the window recorded. */
export const addHistoryCommands = (program: Command, t: Translate, choose: (choice: Choice) => void): void => {
  const since = t('cli.help.since', { days: MAX_SINCE_DAYS });
  const json = t('cli.help.json');
  program
    .command('history')
    .description(t('cli.help.history'))
    .option('--since <time>', since)
    .option('--by <group>', t('cli.help.by', { words: BY.join(', ') }))
    .option('--json', json)
    .option('--csv', t('cli.help.csv'))
    .action((flags: Flags) => {
      const sinceMs = parseSince(flags.since ?? DEFAULT_SINCE);
      const by = BY.find((word) => word === (flags.by ?? 'user').toLowerCase());
      if (sinceMs === null) choose(wrong('badSince', { value: flags.since ?? '', days: MAX_SINCE_DAYS }));
      else if (by === undefined) choose(wrong('badBy', { value: flags.by ?? '', words: BY.join(', ') }));
      else if (flags.csv && flags.json) choose(wrong('oneFormat'));
      else choose(withCore((ui, core) => history(ui, core, { by, sinceMs, format: flags.csv ? 'csv' : 'text' })));
    });
  program
    .command('decisions')
    .description(t('cli.help.decisions'))
    .option('--since <time>', since)
    .option('--json', json)
    .action((flags: Flags) => {
      const sinceMs = parseSince(flags.since ?? '7d');
      if (sinceMs === null) choose(wrong('badSince', { value: flags.since ?? '', days: MAX_SINCE_DAYS }));
      else choose(withCore((ui, core) => decisions(ui, core, sinceMs)));
    });
  program
    .command('ranking')
    .description(t('cli.help.ranking'))
    .option('--since <time>', since)
    .option('--json', json)
    .action((flags: Flags) => {
      const sinceMs = parseSince(flags.since ?? DEFAULT_SINCE);
      if (sinceMs === null) choose(wrong('badSince', { value: flags.since ?? '', days: MAX_SINCE_DAYS }));
      else choose(withCore((ui, core) => ranking(ui, core, { sinceMs })));
    });
  program
    .command('rehearse')
    .description(t('cli.help.rehearse'))
    .option('--set <key=value>', t('cli.help.rehearseSet'), collect)
    .option('--days <days>', t('cli.help.rehearseDays', { days: MOST_REHEARSED_DAYS }))
    .option('--json', json)
    .action((flags: RehearseFlags) => {
      const days = /^\d$/.test(flags.days ?? '') ? Number(flags.days) : flags.days === undefined ? MOST_REHEARSED_DAYS : 0;
      const edits: Edit[] = [];
      for (const text of flags.set ?? []) {
        const edit = editFrom(text);
        if (edit === null) return choose(wrong('badKey', { value: text }));
        edits.push(edit);
      }
      if (days < 1 || days > MOST_REHEARSED_DAYS)
        return choose(wrong('badRehearseDays', { value: flags.days ?? '', days: MOST_REHEARSED_DAYS }));
      choose(withCore((ui, core) => rehearse(ui, core, { edits, days })));
    });
};
