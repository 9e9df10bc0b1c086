import { Command, CommanderError } from 'commander';
import type { Translate } from '../main/i18n.js';
import { FINDING_TYPES } from '../shared/findings.js';
import { LOG_LEVELS } from '../shared/log-line.js';
import { addActionCommands } from './action-commands.js';
import {
  parseDays,
  parseFinding,
  parseIntervalMs,
  parseLevels,
  parseLimit,
  parsePid,
  parseSort,
  parseStatus,
  SORTS,
  STATUS_WORDS,
} from './args.js';
import { capture } from './capture.js';
import type { Choice } from './choice.js';
import { usage, withCore, wrong } from './choice.js';
import { classifyRows } from './classify.js';
import { clearLog } from './clear-log.js';
import { addConfigCommands } from './config-program.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { findings } from './findings.js';
import { addHistoryCommands } from './history-commands.js';
import type { Io } from './io.js';
import { list } from './list.js';
import { logs } from './logs.js';
import type { Trouble } from './output.js';
import { stopped } from './stopped.js';
import { watch } from './watch.js';

interface ListFlags {
  readonly json?: true;
  readonly user?: string;
  readonly status?: string;
  readonly finding?: string;
  readonly sort?: string;
  readonly tree?: true;
}
interface WatchFlags {
  readonly json?: true;
  readonly interval?: string;
}
interface LogsFlags {
  readonly json?: true;
  readonly limit?: string;
  readonly level?: string;
}
interface ClearLogFlags {
  readonly json?: true;
  readonly days?: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

const DEFAULT_LIMIT = 50;

/** What commander found wrong, in our words: its own are English only. */
const commanderTrouble = (error: CommanderError): Trouble => {
  const quoted = /'(.*)'/s.exec(error.message.split('\n')[0] ?? '')?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return usage('unknownOption', { value: quoted });
    case 'commander.unknownCommand':
      return usage('unknownCommand', { value: quoted });
    case 'commander.missingArgument':
      return usage('missingArgument', { value: quoted });
    case 'commander.optionMissingArgument':
      return usage('missingValue', { value: quoted });
    case 'commander.missingMandatoryOptionValue':
      return usage('missingOption', { value: quoted });
    case 'commander.excessArguments':
      return usage('excess');
    case 'commander.help':
      return usage('noCommand');
    default:
      return usage('other', { value: error.message });
  }
};

/** The commands and their options; the chosen one calls `choose` with what is to be done, or with what is wrong. */
const createProgram = (t: Translate, io: Io, choose: (choice: Choice) => void): Command => {
  const program = new Command('claude-manager');
  program
    .description(t('cli.help.program'))
    .usage(t('cli.help.usage'))
    .option('--lang <en|pt-BR>', t('cli.help.lang'))
    .option('--no-color', t('cli.help.noColor'))
    .option('--demo', t('cli.help.demo'))
    .version(io.version, '--version', t('cli.help.version'))
    .helpOption('-h, --help', t('cli.help.help'))
    .helpCommand('help [command]', t('cli.help.helpCommand'))
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => t(`cli.help.title.${title.replace(/\W/g, '').toLowerCase()}`) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.size()?.columns ?? 80,
      getOutHasColors: () => false,
    })
    .exitOverride();
  const json = t('cli.help.json');

  program
    .command('list')
    .description(t('cli.help.list'))
    .option('--json', json)
    .option('--user <user>', t('cli.help.user'))
    .option('--status <status>', t('cli.help.status', { words: STATUS_WORDS.join(', ') }))
    .option('--finding <finding>', t('cli.help.finding', { words: FINDING_TYPES.join(', ') }))
    .option('--sort <column>', t('cli.help.sort', { words: SORTS.join(', ') }))
    .option('--tree', t('cli.help.tree'))
    .action((flags: ListFlags) => {
      const status = flags.status === undefined ? null : parseStatus(flags.status);
      const finding = flags.finding === undefined ? null : parseFinding(flags.finding);
      const sort = flags.sort === undefined ? 'memory' : parseSort(flags.sort);
      if (flags.status !== undefined && status === null)
        choose(wrong('badStatus', { value: flags.status, words: STATUS_WORDS.join(', ') }));
      else if (flags.finding !== undefined && finding === null)
        choose(wrong('badFinding', { value: flags.finding, words: FINDING_TYPES.join(', ') }));
      else if (sort === null) choose(wrong('badSort', { value: flags.sort ?? '', words: SORTS.join(', ') }));
      else choose(withCore((ui, core) => list(ui, core, { user: flags.user ?? null, status, finding, sort, tree: flags.tree === true })));
    });
  program
    .command('watch')
    .description(t('cli.help.watch'))
    .option('--interval <seconds>', t('cli.help.interval'))
    .option('--json', t('cli.help.jsonLines'))
    .action(({ interval }: WatchFlags) => {
      const ms = interval === undefined ? null : parseIntervalMs(interval);
      if (interval !== undefined && ms === null) choose(wrong('badInterval', { value: interval }));
      else choose(withCore((ui, core) => watch(ui, core, ms ?? core.configStore.get().global_settings.refresh_interval_seconds * 1000)));
    });
  addActionCommands(program, t, choose);
  addConfigCommands(program, t, choose);
  program
    .command('explain')
    .description(t('cli.help.explain'))
    .argument('<pid>', t('cli.help.pid'))
    .action((text: string) => {
      const pid = parsePid(text);
      choose(pid === null ? wrong('notAPid', { value: text }) : withCore((ui, core) => explain(ui, core, pid)));
    });
  program
    .command('findings')
    .description(t('cli.help.findings'))
    .option('--json', json)
    .action(() => choose(withCore(findings)));
  program
    .command('stopped')
    .description(t('cli.help.stopped'))
    .option('--json', json)
    .action(() => choose(withCore(stopped)));
  program
    .command('logs')
    .description(t('cli.help.logs'))
    .option('--limit <lines>', t('cli.help.limit'))
    .option('--level <levels>', t('cli.help.level', { words: LOG_LEVELS.join(', ') }))
    .option('--json', json)
    .action((flags: LogsFlags) => {
      const limit = flags.limit === undefined ? DEFAULT_LIMIT : parseLimit(flags.limit);
      const levels = flags.level === undefined ? null : parseLevels(flags.level);
      if (limit === null) choose(wrong('badLimit', { value: flags.limit ?? '' }));
      else if (flags.level !== undefined && levels === null)
        choose(wrong('badLevel', { value: flags.level, words: LOG_LEVELS.join(', ') }));
      else choose(withCore((ui, core) => logs(ui, core, { limit, levels })));
    });
  program
    .command('clear-log')
    .description(t('cli.help.clearLog'))
    .option('--days <days>', t('cli.help.days'))
    .option('--dry-run', t('cli.help.dryRunLog'))
    .option('--yes', t('cli.help.yesLog'))
    .option('--json', json)
    .action((flags: ClearLogFlags) => {
      const days = flags.days === undefined ? null : parseDays(flags.days);
      if (flags.days !== undefined && days === null) choose(wrong('badDays', { value: flags.days }));
      else choose(withCore((ui, core) => clearLog(ui, core, { days, dryRun: flags.dryRun === true, yes: flags.yes === true })));
    });
  addHistoryCommands(program, t, choose);
  program
    .command('capture')
    .description(t('cli.help.capture'))
    .action(() => choose(withCore(capture)));
  program
    .command('classify')
    .description(t('cli.help.classify'))
    .requiredOption('--rows <file>', t('cli.help.rows'))
    .action(({ rows }: { rows: string }) => choose({ task: { needs: 'nothing', act: (ui) => classifyRows(ui, rows) } }));
  program
    .command('doctor')
    .description(t('cli.help.doctor'))
    .option('--json', json)
    .action(() => choose({ task: { needs: 'diagnosis', act: doctor } }));
  return program;
};

export interface Parsed {
  /** Null: help or the version was asked for and has been printed. */
  readonly choice: Choice | null;
  readonly color: boolean;
  readonly json: boolean;
}

/** Our own words of the arguments: what stands before a bare `--`. */
export const beforeDashes = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Reads the arguments without acting on them; prints help and version where they are asked for. */
export const parseArguments = async (argv: readonly string[], t: Translate, io: Io): Promise<Parsed> => {
  let choice: Choice | null = null;
  const program = createProgram(t, io, (chosen) => {
    choice = chosen;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help on request ends with 0, help for want of a command with 1.
    choice = error.exitCode === 0 ? null : { trouble: commanderTrouble(error) };
  }
  // `--json` is looked for by hand: commander may have stopped before it came to it, and errors are JSON then too.
  return { choice, color: program.opts<{ color: boolean }>().color, json: beforeDashes(argv).includes('--json') };
};
