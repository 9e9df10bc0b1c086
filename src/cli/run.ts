import type { Core } from '../main/core.js';
import { createTranslate, localeFromEnv, resolveLanguage } from '../main/i18n.js';
import type { Failure } from '../shared/api.js';
import { parseLanguage } from './args.js';
import { usage } from './choice.js';
import type { NoCore } from './doctor.js';
import type { Io } from './io.js';
import type { ExitCode, Trouble, Ui } from './output.js';
import { clean, createUi, fail, sentence } from './output.js';
import { beforeDashes, parseArguments } from './program.js';

/** The value of `--lang` before anything is parsed: help and errors are in that language too. */
const languageArgument = (argv: readonly string[]): string | undefined => {
  const own = beforeDashes(argv);
  const at = own.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = own[at];
  return word === '--lang' ? own[at + 1] : word?.slice('--lang='.length);
};

const textOf = (error: unknown): string => clean(error instanceof Error ? error.message : String(error));

const open = (io: Io): Core | NoCore => {
  try {
    return io.createCore();
  } catch (error) {
    return { error: textOf(error) };
  }
};

const wrongUse = (ui: Ui, trouble: Trouble): ExitCode => {
  const code = fail(ui, trouble);
  ui.note(ui.t('cli.usage.hint'));
  return code;
};

const noCore = ({ error }: NoCore): Trouble => ({ reason: 'failed', key: 'cli.error.core', values: { error } });

const isFailure = (problem: unknown): problem is Failure =>
  typeof problem === 'object' && problem !== null && 'id' in problem && 'reason' in problem;

/** Says on stderr what changes no result but should be known: a configuration set aside, an action log that cannot be written. */
const tellTroubles = async (ui: Ui, core: Core): Promise<void> => {
  core.onProblem((problem) => {
    const message = isFailure(problem) ? sentence(ui.t, `error.${problem.id}`, problem.values) : textOf(problem);
    ui.note(ui.t('cli.error.line', { message }));
  });
  await core.configStore.ready;
  for (const { id, values } of core.configStore.notices())
    ui.note(ui.t('cli.error.line', { message: sentence(ui.t, `notice.${id}`, values) }));
};

/**
 * One run of the command line: `argv` without node and script. Never throws and never ends the process; the exit code is
 * 0 done, 1 failed, 2 wrong use, 3 refused.
 */
export const run = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  const asked = languageArgument(argv);
  const forced = asked === undefined ? null : parseLanguage(asked);
  const language = forced ?? resolveLanguage('system', localeFromEnv(io.env));
  const t = createTranslate(language);
  const { choice, color, json } = await parseArguments(argv, t, io);
  if (choice === null) return 0;
  const ui = createUi(io, t, language, { json, color });
  if ('trouble' in choice) return wrongUse(ui, choice.trouble);
  if (asked !== undefined && forced === null) return wrongUse(ui, usage('badLanguage', { value: asked }));

  const { task } = choice;
  try {
    // Rows are judged without a look at this machine, so no file of it is touched.
    if (task.needs === 'nothing') return await task.act(ui);
    const core = open(io);
    if ('error' in core) return task.needs === 'diagnosis' ? await task.act(ui, core) : fail(ui, noCore(core));
    try {
      const configured = core.configStore.get().global_settings.language;
      const voice =
        forced !== null || configured === 'system' ? ui : createUi(io, createTranslate(configured), configured, { json, color });
      await tellTroubles(voice, core);
      return await task.act(voice, core);
    } finally {
      core.close();
    }
  } catch (error) {
    return fail(ui, { reason: 'failed', key: 'cli.error.unexpected', values: { error: textOf(error) } });
  }
};
