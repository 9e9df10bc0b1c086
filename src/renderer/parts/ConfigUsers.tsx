import { useState } from 'react';
import type { Config } from '../../shared/config.js';
import { type Edit, isUserName } from '../../shared/config-edit.js';
import { formatNumber } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import type { UserSettingKey } from '../../shared/settings.js';
import { fits, USER_SETTING_KEYS, USER_SETTINGS } from '../../shared/settings.js';
import { aboveIn, parseFigure, resetOfUsers } from '../config-groups.js';
import { changeConfig, updateConfig } from '../config-view.js';
import { useLanguage, useWords } from '../i18n.js';
import { aimed, draftOf, dropDraft } from '../rehearsal-view.js';
import { useShown } from '../store.js';
import { NO_USAGE, type Usage, usageByUser } from '../usage.js';
import { Icon } from './Icon.js';
import { Picker } from './Picker.js';
import { DraftRehearsal } from './Rehearsal.js';

const DEFAULT = 'default';
const FIGURES = ['memory_limit_mb', 'max_processes', 'max_runtime_hours', 'cpu_limit_percent'] as const;
const WORDS = ['priority', 'enforce'] as const;
/** The value of a picker that leaves a choice to the row above. */
const INHERIT = '';

const nowOf = (usage: Usage, key: (typeof FIGURES)[number]): number | null =>
  key === 'memory_limit_mb'
    ? usage.memoryMb
    : key === 'max_processes'
      ? usage.sessions
      : key === 'max_runtime_hours'
        ? usage.hours
        : usage.cpuPercent;

/** What holds where a row says nothing: the default row, then the global value; null = no limit. */
const inherited = (config: Config, user: string, key: UserSettingKey): string | number | null =>
  aboveIn(config, user, key) ?? (key === 'memory_limit_mb' ? config.global_settings.default_memory_limit_mb : null);

interface CellProps {
  readonly config: Config;
  readonly user: string;
  readonly usage: Usage;
}

const Figure = ({ config, user, usage, field }: CellProps & { readonly field: (typeof FIGURES)[number] }) => {
  const say = useWords();
  const language = useLanguage();
  const [text, setText] = useState<string | null>(null);
  const setting = USER_SETTINGS[field];
  const own = config.user_limits[user]?.[field];
  const above = inherited(config, user, field);
  const given = text?.trim() === '' ? undefined : text === null ? own : parseFigure(text);
  const wrong = text !== null && given !== undefined && !fits(setting, given);
  const limit = typeof own === 'number' ? own : typeof above === 'number' ? above : null;
  const now = user === DEFAULT ? null : nowOf(usage, field);
  const over = now !== null && limit !== null && now > limit;
  const digits = field === 'max_runtime_hours' ? 1 : 0;
  const commit = (): void => {
    dropDraft();
    if (text === null || wrong) return;
    if (given !== own) void updateConfig([{ at: 'user', user, key: field, value: given }], given === undefined ? 'reset' : 'change');
    setText(null);
  };
  const type = (typed: string): void => {
    setText(typed);
    const value = typed.trim() === '' ? undefined : parseFigure(typed);
    if (value === undefined || fits(setting, value)) draftOf({ at: 'user', user, key: field, value });
    else dropDraft();
  };
  const range = say(setting.type === 'integer' ? 'ui.config.rangeWhole' : 'ui.config.range', {
    min: formatNumber(setting.min, language),
    max: formatNumber(setting.max, language),
  });
  const nowText = now === null ? '' : say('ui.config.now', { value: formatNumber(now, language, digits) });
  return (
    <td className="r">
      <span className={wrong ? 'field num err' : 'field num'}>
        <input
          type="text"
          inputMode="decimal"
          aria-label={`${cleanText(user, 64)}: ${say(`ui.config.field.${field}`)}`}
          aria-invalid={wrong}
          placeholder={typeof above === 'number' ? formatNumber(above, language, digits) : '–'}
          value={text ?? (own === undefined ? '' : formatNumber(own, language, Number.isInteger(own) ? 0 : 2))}
          onChange={(event) => type(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key !== 'Escape' || text === null) return;
            event.preventDefault();
            setText(null);
            dropDraft();
          }}
        />
      </span>
      <span aria-live="polite" className={wrong ? 'use c-bad' : over ? 'use c-warn medium' : 'use'}>
        {wrong ? range : over ? say('ui.config.nowOver', { value: formatNumber(now, language, digits) }) : nowText}
      </span>
    </td>
  );
};

const Word = ({ config, user, field }: CellProps & { readonly field: (typeof WORDS)[number] }) => {
  const say = useWords();
  const own = config.user_limits[user]?.[field];
  const wordOf = (word: string): string => say(`ui.config.field.${field}Word.${word}`);
  const above = wordOf(String(inherited(config, user, field)));
  const editTo = (word: string): Edit => ({ at: 'user', user, key: field, value: word === INHERIT ? undefined : word });
  const choices = [
    { value: INHERIT, label: above, aside: say(user === DEFAULT ? 'ui.config.asBuilt' : 'ui.config.asDefault') },
    ...USER_SETTINGS[field].words.map((word) => ({ value: word, label: wordOf(word) })),
  ];
  return (
    <td>
      <Picker
        name={`${cleanText(user, 64)}: ${say(`ui.config.field.${field}`)}`}
        value={own ?? INHERIT}
        none={INHERIT}
        choices={choices}
        onPick={(word) => changeConfig([editTo(word)])}
        onAim={(word) => (word === null || word === (own ?? INHERIT) ? dropDraft() : draftOf(editTo(word)))}
      />
    </td>
  );
};

const Row = (props: CellProps) => {
  const say = useWords();
  const { config, user } = props;
  const own = USER_SETTING_KEYS.some((key) => config.user_limits[user]?.[key] !== undefined);
  const name = user === DEFAULT ? say('ui.config.everybody') : cleanText(user, 64);
  return (
    <tr>
      <th scope="row">
        {own && (
          <span className="dot" data-tip={say('ui.config.modified')}>
            <span className="said">{say('ui.config.modified')}</span>
          </span>
        )}
        <span className="clip" data-tip={name} data-tip-clip>
          {name}
        </span>
      </th>
      {FIGURES.map((field) => (
        <Figure key={field} {...props} field={field} />
      ))}
      {WORDS.map((field) => (
        <Word key={field} {...props} field={field} />
      ))}
      <td>
        {own && (
          <button
            type="button"
            className="icon-btn sm"
            aria-label={say('ui.config.resetOne', { name })}
            data-tip={say('ui.config.reset')}
            onClick={() => changeConfig(resetOfUsers(config.user_limits, [user]), 'reset')}
            {...aimed(...resetOfUsers(config.user_limits, [user]))}
          >
            <Icon name="undo" size="sm" />
          </button>
        )}
      </td>
    </tr>
  );
};

const AddUser = ({ onAdd }: { readonly onAdd: (user: string) => void }) => {
  const say = useWords();
  const [text, setText] = useState('');
  const user = text.trim();
  return (
    <form
      className="add"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isUserName(user)) return;
        onAdd(user);
        setText('');
      }}
    >
      <span className="field">
        <input
          type="text"
          aria-label={say('ui.config.addUser')}
          placeholder={say('ui.config.addUser')}
          maxLength={256}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </span>
      <button type="submit" className="btn sm" aria-disabled={!isUserName(user)}>
        {say('ui.config.add')}
      </button>
    </form>
  );
};

/** Every user's limits beside what each uses now; who is seen on the machine has a row without having limits of one's own. */
export const ConfigUsers = () => {
  const say = useWords();
  const config = useShown((shown) => shown.app?.config);
  const processes = useShown((shown) => shown.app?.snapshot?.processes);
  const takenAtMs = useShown((shown) => shown.app?.snapshot?.takenAtMs ?? 0);
  const [added, setAdded] = useState<readonly string[]>([]);
  if (config === undefined) return null;
  const usage = usageByUser(processes ?? [], takenAtMs);
  const rows = config.user_limits;
  const users = [...new Set([...usage.keys(), ...Object.keys(rows), ...added])].filter((user) => user !== DEFAULT).sort();
  return (
    <section className="group wide" aria-labelledby="config-users">
      <h2 id="config-users">{say('ui.config.group.users.name')}</h2>
      <p>{say('ui.config.group.users.hint')}</p>
      <div className="table-at">
        <table className="ptable users">
          <thead>
            <tr>
              <th scope="col">{say('ui.config.field.user')}</th>
              {FIGURES.map((field) => (
                <th scope="col" className="r" key={field}>
                  {say(`ui.config.field.${field}`)}
                </th>
              ))}
              {WORDS.map((field) => (
                <th scope="col" key={field}>
                  {say(`ui.config.field.${field}`)}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {[DEFAULT, ...users].map((user) => (
              <Row key={user} config={config} user={user} usage={usage.get(user) ?? NO_USAGE} />
            ))}
          </tbody>
        </table>
      </div>
      <AddUser onAdd={(user) => setAdded([...added, user])} />
      <DraftRehearsal />
    </section>
  );
};
