import type { Command } from 'commander';
import type { Translate } from '../main/i18n.js';
import type { Verb } from '../shared/api.js';
import type { Consent, Order } from './act.js';
import { act } from './act.js';
import { CLEAN_WORDS, MAX_PIDS, PRIORITIES, parseClean, parseHours, parseMinutes, parsePids, parsePriority } from './args.js';
import type { Choice } from './choice.js';
import { withCore, wrong } from './choice.js';

interface ConsentFlags {
  readonly json?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly confirm?: string;
}
interface EndFlags extends ConsentFlags {
  readonly force?: true;
  readonly user?: string;
  readonly all?: true;
}
interface CleanFlags extends ConsentFlags {
  readonly force?: true;
  readonly hours?: string;
  readonly minAge?: string;
}

const consentOf = ({ yes, dryRun, confirm }: ConsentFlags): Consent => ({
  yes: yes === true,
  dryRun: dryRun === true,
  confirmation: confirm ?? null,
});

const acting = (order: Pick<Order, 'verb' | 'scope'> & Partial<Order>, flags: ConsentFlags): Choice =>
  withCore((ui, core) => act(ui, core, { force: false, priority: null, minAgeMinutes: null, ...order }, consentOf(flags)));

/** The scope that some words are as pids, or what is wrong with them. */
const pidsOf = (words: readonly string[]): { readonly scope: Order['scope'] } | { readonly wrong: Choice } => {
  const read = parsePids(words);
  if ('bad' in read) return { wrong: wrong('notAPid', { value: read.bad }) };
  if (read.pids.length > MAX_PIDS) return { wrong: wrong('tooManyPids', { max: MAX_PIDS }) };
  return { scope: { type: 'pids', pids: read.pids } };
};

const chooseEnd = (words: readonly string[], flags: EndFlags): Choice => {
  const { user, all, confirm } = flags;
  const force = flags.force === true;
  const scopes = [words.length > 0, user !== undefined, all === true].filter(Boolean).length;
  if (scopes === 0) return wrong('missingArgument', { value: 'pid' });
  if (scopes > 1) return wrong('oneScope');
  if (user === '') return wrong('badUser');
  if (user !== undefined) return acting({ verb: 'end', scope: { type: 'user', user }, force }, flags);
  if (all) return acting({ verb: 'end', scope: { type: 'all' }, force }, flags);
  if (confirm !== undefined) return wrong('confirmAlone');
  const read = pidsOf(words);
  return 'wrong' in read ? read.wrong : acting({ verb: 'end', scope: read.scope, force }, flags);
};

const chooseClean = (what: string, flags: CleanFlags): Choice => {
  const word = parseClean(what);
  const hours = flags.hours === undefined ? null : parseHours(flags.hours);
  const minAgeMinutes = flags.minAge === undefined ? null : parseMinutes(flags.minAge);
  if (word === null) return wrong('badClean', { value: what, words: CLEAN_WORDS.join(', ') });
  if (flags.hours !== undefined && word !== 'old') return wrong('hoursAlone');
  if (flags.hours !== undefined && hours === null) return wrong('badHours', { value: flags.hours });
  if (flags.minAge !== undefined && minAgeMinutes === null) return wrong('badMinAge', { value: flags.minAge });
  const scope: Order['scope'] = word === 'old' ? { type: 'old', hours } : { type: 'orphans' };
  return acting({ verb: 'end', scope, force: flags.force === true, minAgeMinutes }, flags);
};

const choosePids = (verb: Verb, words: readonly string[], flags: ConsentFlags): Choice => {
  const read = pidsOf(words);
  return 'wrong' in read ? read.wrong : acting({ verb, scope: read.scope }, flags);
};

const choosePriority = (words: readonly string[], flags: ConsentFlags): Choice => {
  const last = words.at(-1) ?? '';
  const priority = parsePriority(last);
  if (priority === null) return wrong('badPriority', { value: last, words: PRIORITIES.join(', ') });
  if (words.length < 2) return wrong('missingArgument', { value: 'pid' });
  const read = pidsOf(words.slice(0, -1));
  return 'wrong' in read ? read.wrong : acting({ verb: 'priority', scope: read.scope, priority }, flags);
};

/** The commands that act on processes: end, clean, pause, continue, priority. */
export const addActionCommands = (program: Command, t: Translate, choose: (choice: Choice) => void): void => {
  const command = (name: string): Command => program.command(name).description(t(`cli.help.${name}`));
  const withConsent = (built: Command): Command =>
    built.option('--dry-run', t('cli.help.dryRun')).option('--yes', t('cli.help.yes')).option('--json', t('cli.help.json'));

  withConsent(
    command('end')
      .usage('[pid...] [--user <user>] [--all] [options]')
      .argument('[pid...]', t('cli.help.pid'))
      .option('--user <user>', t('cli.help.endUser'))
      .option('--all', t('cli.help.endAll'))
      .option('--confirm <word>', t('cli.help.confirm'))
      .option('--force', t('cli.help.force')),
  ).action((words: readonly string[], flags: EndFlags) => choose(chooseEnd(words, flags)));
  withConsent(
    command('clean')
      .argument('<orphans|old>', t('cli.help.cleanWhat'))
      .option('--hours <hours>', t('cli.help.hours'))
      .option('--min-age <minutes>', t('cli.help.minAge'))
      .option('--force', t('cli.help.force')),
  ).action((what: string, flags: CleanFlags) => choose(chooseClean(what, flags)));
  for (const verb of ['pause', 'continue'] as const)
    withConsent(command(verb).argument('<pid...>', t('cli.help.pid'))).action((words: readonly string[], flags: ConsentFlags) =>
      choose(choosePids(verb, words, flags)),
    );
  // A variadic argument can only be the last one, so the priority is the last of the words.
  withConsent(
    command('priority')
      .usage(`<pid...> <${PRIORITIES.join('|')}> [options]`)
      .argument('<pid...>', t('cli.help.pid')),
  ).action((words: readonly string[], flags: ConsentFlags) => choose(choosePriority(words, flags)));
};
