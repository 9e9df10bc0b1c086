import { Fragment, memo } from 'react';
import type { LogRow } from '../../shared/api.js';
import { formatNumber, UNKNOWN } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { copyText } from '../commands.js';
import { useLanguage, useWords } from '../i18n.js';
import { fieldOf, freedOf, KNOWN_FIELDS, outcomeOf, targetOf, whenOf } from '../log-row.js';
import { Icon } from './Icon.js';
import { LevelWord } from './LogLevel.js';
import { useActionName } from './use-action-name.js';

const MOST_CHARS = 20_000;

const Fields = ({ row }: { readonly row: LogRow }) => {
  const say = useWords();
  const actionName = useActionName();
  const facts: readonly (readonly [string, string])[] = [
    [say('ui.log.time'), row.at.replace('T', ' ')],
    [say('ui.log.action'), `${actionName(row.action)} (${row.action})`],
    ...row.fields.map(
      ([key, value]) =>
        [
          KNOWN_FIELDS.includes(key) ? say(`log.field.${key}`) : key === '' ? say('log.field.text') : cleanText(key, 64),
          cleanText(value, 4096),
        ] as const,
    ),
  ];
  return (
    <dl className="kv">
      {facts.map(([term, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line may name a field twice, and its fields never move
        <Fragment key={index}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
};

/** All that a line says, its text as it stands in the file, and the ways to copy it. */
const LineDetails = ({ row }: { readonly row: LogRow }) => {
  const say = useWords();
  const resume = fieldOf(row, 'Resume');
  const line = cleanText(row.line, MOST_CHARS);
  return (
    <div role="row" className="logx">
      <div role="gridcell" aria-label={say('ui.log.details')}>
        <Fields row={row} />
        <div className="cmd">{line}</div>
        <div className="acts">
          {resume !== null && (
            <button type="button" className="btn sm" onClick={() => void copyText(cleanText(resume, MOST_CHARS), say('ui.copied.resume'))}>
              <Icon name="copy" size="sm" />
              {say('ui.action.copyResume')}
            </button>
          )}
          <span className="grow" />
          <button type="button" className="btn sm quiet" onClick={() => void copyText(line, say('ui.log.copied'))}>
            <Icon name="copy" size="sm" />
            {say('ui.log.copyLine')}
          </button>
        </div>
      </div>
    </div>
  );
};

interface LogLineProps {
  readonly row: LogRow | undefined;
  /** From the oldest line that passes the filter; names the row. */
  readonly place: number;
  readonly index: number;
  readonly open: boolean;
  readonly current: boolean;
  readonly year: number;
}

/** One line as a row, with its details below it when they are open; a bare row while it is on its way. */
export const LogLine = memo(({ row, place, index, open, current, year }: LogLineProps) => {
  const say = useWords();
  const language = useLanguage();
  const actionName = useActionName();
  const shared = { 'data-row': String(place), 'aria-rowindex': index + 2, tabIndex: current ? 0 : -1 } as const;
  if (!row)
    return (
      <div role="row" {...shared} className="row" aria-busy="true">
        <div role="gridcell" className="dim">
          …
        </div>
      </div>
    );
  const { day, time } = whenOf(row.at, year, language);
  const user = fieldOf(row, 'User');
  const target = targetOf(row, say);
  const outcome = outcomeOf(row, say);
  const freed = freedOf(row);
  return (
    <>
      <div role="row" {...shared} className={open ? 'row is-open' : 'row'} aria-expanded={open}>
        <div role="gridcell" className="clip">
          <span className="c-date t3">{day} </span>
          <span className="t2">{time}</span>
        </div>
        <div role="gridcell">
          <LevelWord level={row.level} />
        </div>
        <div role="gridcell" className="clip medium" data-tip={actionName(row.action)} data-tip-clip>
          {actionName(row.action)}
        </div>
        <div role="gridcell" className="clip" data-tip={target} data-tip-clip>
          {target ?? <span className="dim">{UNKNOWN}</span>}
        </div>
        <div role="gridcell" className="c-luser clip t2">
          {user === null ? UNKNOWN : cleanText(user, 64)}
        </div>
        <div role="gridcell" className={freed === null ? 'num dim' : 'num'}>
          {formatNumber(freed, language)}
        </div>
        <div role="gridcell" className="clip t2" data-tip={outcome} data-tip-clip>
          {outcome ?? <span className="dim">{UNKNOWN}</span>}
        </div>
      </div>
      {open && <LineDetails row={row} />}
    </>
  );
});
