import type { Command } from 'commander';
import type { Translate } from '../main/i18n.js';
import type { Choice } from './choice.js';
import { collect, withCore, wrong } from './choice.js';
import type { ApplyOptions } from './config.js';
import {
  configBackups,
  configExport,
  configGet,
  configImport,
  configList,
  configResetAll,
  configRestore,
  configSet,
  configUnset,
  limits,
} from './config.js';
import type { ConfigKey } from './config-key.js';
import { parseKey } from './config-key.js';

interface AcceptFlag {
  readonly acceptWeaker?: true;
}
interface ApplyFlags {
  readonly yes?: true;
  readonly acceptWeaker?: readonly string[];
}

/** The options of `limits`, with the keys that they set. */
const LIMITS = {
  memoryMb: 'memory_limit_mb',
  maxSessions: 'max_processes',
  maxHours: 'max_runtime_hours',
  cpuPercent: 'cpu_limit_percent',
  priority: 'priority',
  enforce: 'enforce',
} as const;

const apply = ({ yes, acceptWeaker }: ApplyFlags): ApplyOptions => ({ yes: yes === true, accept: acceptWeaker ?? [] });

/** The commands on the configuration. */
export const addConfigCommands = (program: Command, t: Translate, choose: (choice: Choice) => void): void => {
  const json = t('cli.help.json');
  const withKey = (text: string, act: (key: ConfigKey) => Choice): void => {
    const key = parseKey(text);
    choose(key === null ? wrong('badKey', { value: text }) : act(key));
  };
  const config = program.command('config').description(t('cli.help.config')).helpCommand(false);
  const accept = t('cli.help.acceptWeaker');

  /** A command on one key. */
  const onKey = (name: string, help: string): Command =>
    config.command(name).description(t(help)).argument('<key>', t('cli.help.key')).option('--json', json);
  /** A command that shows what it would change, and asks. */
  const onMany = (name: string, help: string): Command =>
    config
      .command(name)
      .description(t(help))
      .option('--yes', t('cli.help.configYes'))
      .option('--accept-weaker <key>', t('cli.help.acceptWeakerKeys'), collect)
      .option('--json', json);

  config
    .command('list')
    .description(t('cli.help.configList'))
    .option('--json', json)
    .action(() => choose(withCore(configList)));
  onKey('get', 'cli.help.configGet').action((text: string) => withKey(text, (key) => withCore((ui, core) => configGet(ui, core, key))));
  onKey('set', 'cli.help.configSet')
    .argument('<value>', t('cli.help.value'))
    .option('--accept-weaker', accept)
    .action((text: string, value: string, flags: AcceptFlag) =>
      withKey(text, (key) => withCore((ui, core) => configSet(ui, core, { key, text: value, accept: flags.acceptWeaker === true }))),
    );
  onKey('unset', 'cli.help.configUnset')
    .option('--accept-weaker', accept)
    .action((text: string, flags: AcceptFlag) =>
      withKey(text, (key) => withCore((ui, core) => configUnset(ui, core, { key, accept: flags.acceptWeaker === true }))),
    );
  onMany('reset', 'cli.help.configReset')
    .argument('[key]', t('cli.help.key'))
    .action((text: string | undefined, flags: ApplyFlags) => {
      if (text === undefined) choose(withCore((ui, core) => configResetAll(ui, core, apply(flags))));
      else
        withKey(text, (key) =>
          withCore((ui, core) => configUnset(ui, core, { key, accept: flags.acceptWeaker?.includes(text) === true, source: 'reset' })),
        );
    });
  config
    .command('export')
    .description(t('cli.help.configExport'))
    .argument('<file>', t('cli.help.exportFile'))
    .action((file: string) => choose(withCore((ui, core) => configExport(ui, core, file))));
  onMany('import', 'cli.help.configImport')
    .argument('<file>', t('cli.help.importFile'))
    .action((file: string, flags: ApplyFlags) => choose(withCore((ui, core) => configImport(ui, core, file, apply(flags)))));
  config
    .command('backups')
    .description(t('cli.help.configBackups'))
    .option('--json', json)
    .action(() => choose(withCore(configBackups)));
  onMany('restore', 'cli.help.configRestore')
    .argument('<number>', t('cli.help.backupNumber'))
    .action((text: string, flags: ApplyFlags) => {
      const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
      choose(number === null ? wrong('badNumber', { value: text }) : withCore((ui, core) => configRestore(ui, core, number, apply(flags))));
    });

  program
    .command('limits')
    .description(t('cli.help.limits'))
    .argument('[user]', t('cli.help.limitsUser'))
    .option('--memory-mb <mb>', t('cli.help.limitMemory'))
    .option('--max-sessions <count>', t('cli.help.limitSessions'))
    .option('--max-hours <hours>', t('cli.help.limitHours'))
    .option('--cpu-percent <percent>', t('cli.help.limitCpu'))
    .option('--priority <word>', t('cli.help.limitPriority'))
    .option('--enforce <word>', t('cli.help.limitEnforce'))
    .option('--accept-weaker', accept)
    .option('--json', json)
    .action((user: string | undefined, flags: Readonly<Partial<Record<keyof typeof LIMITS, string>>> & AcceptFlag) => {
      const name = user ?? 'default';
      const changes = Object.entries(LIMITS).flatMap(([flag, field]) => {
        const text: unknown = Reflect.get(flags, flag);
        const key = parseKey(`user_limits.${name}.${field}`);
        return typeof text === 'string' && key !== null ? [{ key, text }] : [];
      });
      if (parseKey(`user_limits.${name}.priority`) === null) choose(wrong('badUserName', { value: name }));
      else choose(withCore((ui, core) => limits(ui, core, name, { changes, accept: flags.acceptWeaker === true })));
    });
};
