import { Checkbox } from '@base-ui/react/checkbox';
import { useEffect, useId, useState } from 'react';
import { formatDateTime } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { LONGEST_RULE, PROTECT_BY } from '../../shared/settings.js';
import { ask } from '../ask.js';
import { agreeTo, changeConfig, exportConfig, importConfig, putBack, restoreConfig, updateConfig } from '../config-view.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { showFailure } from '../toasts.js';
import { Icon } from './Icon.js';
import { Picker } from './Picker.js';
import { useEditName } from './use-edit-name.js';

/** What an editor has weakened in the file: each needs a tick of its own. */
export const ConfigWeaker = () => {
  const say = useWords();
  const nameOf = useEditName();
  const base = useId();
  const weaker = useShown((shown) => shown.app?.configFile.weaker);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  if (weaker === undefined || weaker.length === 0) return null;
  const chosen = weaker.map(({ id }) => id).filter((id) => ticked.includes(id));
  return (
    <section className="group" aria-labelledby={base}>
      <h2 id={base}>{say('ui.config.group.weaker.name')}</h2>
      <p>{say('ui.config.group.weaker.hint')}</p>
      <ul className="lines">
        {weaker.map((one) => (
          <li key={one.id}>
            <Checkbox.Root
              className="check"
              checked={ticked.includes(one.id)}
              aria-labelledby={`${base}-${one.id}`}
              onCheckedChange={(on) => setTicked(on ? [...ticked, one.id] : ticked.filter((id) => id !== one.id))}
            >
              <Checkbox.Indicator>
                <Icon name="check" />
              </Checkbox.Indicator>
            </Checkbox.Root>
            <span id={`${base}-${one.id}`} className="clip">
              {'rule' in one ? nameOf({ at: 'rule', rule: one.rule, on: false }) : say(`ui.config.weakened.${one.key}`)}
            </span>
          </li>
        ))}
      </ul>
      <div className="acts">
        <button
          type="button"
          className="btn sm"
          aria-disabled={chosen.length === 0}
          onClick={() => chosen.length > 0 && void agreeTo(chosen)}
        >
          {say('ui.config.agree')}
        </button>
        <button type="button" className="btn sm" onClick={() => void putBack()}>
          {say('ui.config.putBack')}
        </button>
      </div>
    </section>
  );
};

/** Who is never ended: rules that can be added and taken away. */
export const ConfigRules = () => {
  const say = useWords();
  const rules = useShown((shown) => shown.app?.config.protect_rules);
  const [by, setBy] = useState<(typeof PROTECT_BY)[number]>('user');
  const [text, setText] = useState('');
  const value = text.trim();
  if (rules === undefined) return null;
  const add = async (): Promise<void> => {
    if (value !== '' && (await updateConfig([{ at: 'rule', rule: { by, value }, on: true }]))) setText('');
  };
  return (
    <section className="group" aria-labelledby="config-rules">
      <h2 id="config-rules">{say('ui.config.group.rules.name')}</h2>
      <p>{say('ui.config.group.rules.hint')}</p>
      <ul className="lines">
        {rules.length === 0 && <li className="t3">{say('ui.config.noRules')}</li>}
        {rules.map((rule) => {
          const name = cleanText(rule.value, 200);
          return (
            <li key={`${rule.by}:${rule.value}`}>
              <Icon name="protected" size="sm" tone="t2" />
              <span className="by t2">{say(`ui.config.by.${rule.by}`)}</span>
              <span className="clip grow" data-tip={name} data-tip-clip>
                {name}
              </span>
              <button
                type="button"
                className="icon-btn sm"
                aria-label={say('ui.config.remove', { name })}
                data-tip={say('ui.config.removeRule')}
                onClick={() => changeConfig([{ at: 'rule', rule, on: false }])}
              >
                <Icon name="close" size="sm" />
              </button>
            </li>
          );
        })}
      </ul>
      <form
        className="add"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Picker
          name={say('ui.config.ruleBy')}
          value={by}
          none=""
          choices={PROTECT_BY.map((word) => ({ value: word, label: say(`ui.config.by.${word}`) }))}
          onPick={(word) => setBy(PROTECT_BY.find((one) => one === word) ?? 'user')}
        />
        <span className="field grow">
          <input
            type="text"
            aria-label={say('ui.config.ruleValue')}
            placeholder={say(`ui.config.byHint.${by}`)}
            maxLength={LONGEST_RULE}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <button type="submit" className="btn sm" aria-disabled={value === ''}>
          {say('ui.config.add')}
        </button>
      </form>
    </section>
  );
};

/** The file: out, in, and back to an earlier version. */
export const ConfigFiles = () => {
  const say = useWords();
  const language = useLanguage();
  /** Every save may have kept a version; undefined = main has not said yet. */
  const savedAtMs = useShown((shown) => shown.app?.configFile.savedAtMs);
  const [backups, setBackups] = useState<readonly { readonly name: string; readonly atMs: number }[]>([]);
  useEffect(() => {
    if (savedAtMs === undefined) return;
    let late = false;
    void ask(window.claudeManager.listBackups({})).then((result) => {
      if (late) return;
      if (result.ok) setBackups(result.value);
      else showFailure(result.failure);
    });
    return () => {
      late = true;
    };
  }, [savedAtMs]);
  return (
    <section className="group" aria-labelledby="config-file">
      <h2 id="config-file">{say('ui.config.group.file.name')}</h2>
      <p>{say('ui.config.group.file.hint')}</p>
      <div className="acts">
        <button type="button" className="btn" onClick={() => void exportConfig()}>
          <Icon name="download" size="sm" />
          {say('ui.config.export')}
        </button>
        <button type="button" className="btn" onClick={() => void importConfig()}>
          <Icon name="upload" size="sm" />
          {say('ui.config.import')}
        </button>
      </div>
      <h3>{say('ui.config.backups')}</h3>
      <ul className="lines">
        {backups.length === 0 && <li className="t3">{say('ui.config.noBackups')}</li>}
        {backups.map(({ name, atMs }) => {
          const when = formatDateTime(atMs, language);
          return (
            <li key={name}>
              <Icon name="clock" size="sm" tone="t2" />
              <span className="grow">{when}</span>
              <button
                type="button"
                className="btn sm"
                aria-label={say('ui.config.restoreOf', { when })}
                onClick={() => void restoreConfig(name, when)}
              >
                {say('ui.config.restore')}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
};
