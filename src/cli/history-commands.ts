import type { Command } from 'commander';
import type { Translate } from '../main/i18n.js';
import type { Choice } from './choice.js';
import { withCore, wrong } from './choice.js';
import { history, MAX_SINCE_DAYS, parseSince, ranking } from './history.js';

interface Flags {
  readonly since?: string;
  readonly by?: string;
  readonly json?: true;
  readonly csv?: true;
}

const BY = ['user', 'session', 'kind', 'project'] as const;
const DEFAULT_SINCE = '24h';

/** `history` and `ranking`: what the window recorded. */
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
    .command('ranking')
    .description(t('cli.help.ranking'))
    .option('--since <time>', since)
    .option('--json', json)
    .action((flags: Flags) => {
      const sinceMs = parseSince(flags.since ?? DEFAULT_SINCE);
      if (sinceMs === null) choose(wrong('badSince', { value: flags.since ?? '', days: MAX_SINCE_DAYS }));
      else choose(withCore((ui, core) => ranking(ui, core, { sinceMs })));
    });
};
