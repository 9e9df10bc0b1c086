import { Command, CommanderError } from 'commander';
import type { Core } from '../main/core.js';
import type { Translate } from '../main/i18n.js';
import { parseIntervalMs, parsePid, parseSort, parseStatus, SORTS, STATUS_WORDS } from './args.js';
import { capture } from './capture.js';
import { classifyRows } from './classify.js';
import type { NoCore } from './doctor.js';
import { doctor } from './doctor.js';
import { end } from './end.js';
import { explain } from './explain.js';
import type { Io } from './io.js';
import { list } from './list.js';
import type { ExitCode, Trouble, Ui } from './output.js';
import { watch } from './watch.js';

interface ListFlags {
  readonly json?: true;
  readonly user?: string;
  readonly status?: string;
  readonly sort?: string;
  readonly tree?: true;
}
interface WatchFlags {
  readonly json?: true;
  readonly interval?: string;
}
interface EndFlags {
  readonly json?: true;
  readonly force?: true;
  readonly yes?: true;
}

/** What the arguments ask for. `core`: it needs the machine's state; `diagnosis`: it also wants to know why there is none. */
export type Task =
  | { readonly needs: 'nothing'; readonly act: (ui: Ui) => Promise<ExitCode> }
  | { readonly needs: 'core'; readonly act: (ui: Ui, core: Core) => Promise<ExitCode> }
  | { readonly needs: 'diagnosis'; readonly act: (ui: Ui, core: Core | NoCore) => Promise<ExitCode> };

export type Choice = { readonly task: Task } | { readonly trouble: Trouble };

const withCore = (act: (ui: Ui, core: Core) => Promise<ExitCode>): Choice => ({ task: { needs: 'core', act } });
const wrong = (key: string, values?: Trouble['values']): Choice => ({ trouble: usage(key, values) });

/** Wrong use; `key` is below "cli.usage" in the locales. */
export const usage = (key: string, values?: Trouble['values']): Trouble => ({
  reason: 'usage',
  key: `cli.usage.${key}`,
  ...(values ? { values } : {}),
});

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
  const withPid = (text: string, act: (ui: Ui, core: Core, pid: number) => Promise<ExitCode>): void => {
    const pid = parsePid(text);
    choose(pid === null ? wrong('notAPid', { value: text }) : withCore((ui, core) => act(ui, core, pid)));
  };

  program
    .command('list')
    .description(t('cli.help.list'))
    .option('--json', json)
    .option('--user <user>', t('cli.help.user'))
    .option('--status <status>', t('cli.help.status', { words: STATUS_WORDS.join(', ') }))
    .option('--sort <column>', t('cli.help.sort', { words: SORTS.join(', ') }))
    .option('--tree', t('cli.help.tree'))
    .action((flags: ListFlags) => {
      const status = flags.status === undefined ? null : parseStatus(flags.status);
      const sort = flags.sort === undefined ? 'memory' : parseSort(flags.sort);
      if (flags.status !== undefined && status === null)
        choose(wrong('badStatus', { value: flags.status, words: STATUS_WORDS.join(', ') }));
      else if (sort === null) choose(wrong('badSort', { value: flags.sort ?? '', words: SORTS.join(', ') }));
      else choose(withCore((ui, core) => list(ui, core, { user: flags.user ?? null, status, sort, tree: flags.tree === true })));
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
  program
    .command('end')
    .description(t('cli.help.end'))
    .argument('<pid>', t('cli.help.pid'))
    .option('--force', t('cli.help.force'))
    .option('--yes', t('cli.help.yes'))
    .option('--json', json)
    .action((text: string, { force, yes }: EndFlags) =>
      withPid(text, (ui, core, pid) => end(ui, core, pid, { force: force === true, yes: yes === true })),
    );
  program
    .command('explain')
    .description(t('cli.help.explain'))
    .argument('<pid>', t('cli.help.pid'))
    .action((text: string) => withPid(text, explain));
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
