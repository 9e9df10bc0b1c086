import { Switch } from '@base-ui/react/switch';
import { type ReactNode, useId, useState } from 'react';
import type { Edit } from '../../shared/config-edit.js';
import { formatNumber } from '../../shared/format.js';
import type { Setting, SettingKey } from '../../shared/settings.js';
import { fits, SETTINGS } from '../../shared/settings.js';
import { isModified, parseFigure, UNITS } from '../config-groups.js';
import { changeConfig, wantAutomatic } from '../config-view.js';
import { useLanguage, useWords } from '../i18n.js';
import { aimed, draftOf, dropDraft } from '../rehearsal-view.js';
import { useShown } from '../store.js';
import { ConfigWords } from './ConfigWords.js';
import { Icon } from './Icon.js';

interface RowProps {
  readonly name: string;
  readonly hint: string | null;
  readonly error: string | null;
  readonly hintId: string;
  readonly modified: boolean;
  readonly onReset: (() => void) | null;
  /** What the way back would change. */
  readonly resets?: Edit;
  readonly children: ReactNode;
}

/** One line of the page: a dot where it differs from the default, what it is, its control, the way back. */
const ConfigRow = ({ name, hint, error, hintId, modified, onReset, resets, children }: RowProps) => {
  const say = useWords();
  return (
    <div className="setting">
      <span>
        {modified && (
          <span className="dot" data-tip={say('ui.config.modified')}>
            <span className="said">{say('ui.config.modified')}</span>
          </span>
        )}
      </span>
      <div>
        <div>{name}</div>
        <div id={hintId} aria-live="polite" className={error === null ? 'hint' : 'errtext'}>
          {error !== null && <Icon name="error" />}
          {error ?? hint}
        </div>
      </div>
      <div className="control">{children}</div>
      {modified && onReset !== null ? (
        <button
          type="button"
          className="icon-btn sm"
          aria-label={say('ui.config.resetOne', { name })}
          data-tip={say('ui.config.reset')}
          onClick={onReset}
          {...(resets === undefined ? {} : aimed(resets))}
        >
          <Icon name="undo" size="sm" />
        </button>
      ) : (
        <span />
      )}
    </div>
  );
};

interface ControlProps {
  readonly id: SettingKey;
  readonly setting: Setting;
  readonly value: unknown;
  readonly name: string;
  readonly hintId: string;
  readonly text: string | null;
  readonly onText: (text: string | null) => void;
}

const set = (key: SettingKey, value: unknown): void => {
  dropDraft();
  if (key === 'auto_cleanup_mode' && value === 'automatic') wantAutomatic();
  else changeConfig([{ at: 'global', key, value }]);
};

const Figure = ({ id, setting, value, name, hintId, text, onText }: ControlProps) => {
  const say = useWords();
  const language = useLanguage();
  const unit = UNITS[id];
  const figure = text === null ? null : parseFigure(text);
  const wrong = text !== null && !fits(setting, figure);
  const commit = (): void => {
    if (text === null || wrong) return;
    if (figure !== value) set(id, figure);
    onText(null);
  };
  return (
    <span className={wrong ? 'field num err' : 'field num'}>
      <input
        type="text"
        inputMode="decimal"
        aria-label={name}
        aria-describedby={hintId}
        aria-invalid={wrong}
        value={text ?? formatNumber(Number(value), language, Number.isInteger(value) ? 0 : 2)}
        onChange={(event) => {
          onText(event.target.value);
          const typed = parseFigure(event.target.value);
          if (fits(setting, typed)) draftOf({ at: 'global', key: id, value: typed });
          else dropDraft();
        }}
        onBlur={() => {
          commit();
          dropDraft();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key !== 'Escape' || text === null) return;
          event.preventDefault();
          onText(null);
          dropDraft();
        }}
      />
      <span className="u">{unit === undefined ? '' : say(`ui.config.unit.${unit}`)}</span>
    </span>
  );
};

const Control = (props: ControlProps) => {
  const say = useWords();
  const { id, setting, value, name, hintId } = props;
  if (setting.type === 'flag')
    return (
      <Switch.Root
        className="switch"
        checked={value === true}
        aria-label={name}
        aria-describedby={hintId}
        onCheckedChange={(on) => set(id, on)}
        {...aimed({ at: 'global', key: id, value: value !== true })}
      />
    );
  if (setting.type === 'choice')
    return (
      <fieldset className="seg" aria-label={name} aria-describedby={hintId}>
        {setting.words.map((word) => (
          <button
            type="button"
            key={word}
            aria-pressed={word === value}
            onClick={() => word !== value && set(id, word)}
            {...(word === value ? {} : aimed({ at: 'global', key: id, value: word }))}
          >
            {say(`ui.config.word.${id}.${word}`)}
          </button>
        ))}
      </fieldset>
    );
  return <Figure {...props} />;
};

/** One setting of the whole program, applied as it is changed. */
export const ConfigSetting = ({ id }: { readonly id: SettingKey }) => {
  const say = useWords();
  const language = useLanguage();
  const hintId = useId();
  const [text, setText] = useState<string | null>(null);
  const settings = useShown((shown) => shown.app?.config.global_settings);
  if (settings === undefined) return null;
  const setting: Setting = SETTINGS[id];
  const value: unknown = settings[id];
  const [name, hint] = [say(`ui.config.set.${id}.name`), say(`ui.config.set.${id}.hint`)];
  const wrong = text !== null && 'min' in setting && !fits(setting, parseFigure(text));
  const error = wrong
    ? say(setting.type === 'integer' ? 'ui.config.useWhole' : 'ui.config.useNumber', {
        min: formatNumber(setting.min, language),
        max: formatNumber(setting.max, language),
        value: formatNumber(Number(value), language),
      })
    : null;
  const resets: Edit = { at: 'global', key: id };
  const reset = (): void => {
    setText(null);
    dropDraft();
    changeConfig([resets], 'reset');
  };
  const modified = isModified(settings, id);
  if (setting.type === 'words')
    return (
      <>
        <ConfigRow name={name} hint={hint} error={null} hintId={hintId} modified={modified} onReset={reset}>
          {null}
        </ConfigRow>
        <ConfigWords id={id} words={Array.isArray(value) ? value.map(String) : []} name={name} />
      </>
    );
  return (
    <ConfigRow name={name} hint={hint} error={error} hintId={hintId} modified={modified} onReset={reset} resets={resets}>
      <Control id={id} setting={setting} value={value} name={name} hintId={hintId} text={text} onText={setText} />
    </ConfigRow>
  );
};
