import { useEffect, useId, useState } from 'react';
import { formatBytes, formatDateTime } from '../../shared/format.js';
import type { RehearsedEnd } from '../../shared/rehearsal.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { dropDraft, readRehearsal, useRehearsal } from '../rehearsal-view.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';

/** So long a pointer rests on a control, or a hand from typing, before main is asked. */
const REST_MS = 200;

const End = ({ end }: { readonly end: RehearsedEnd }) => {
  const say = useWords();
  const language = useLanguage();
  return (
    <tr>
      <td>{formatDateTime(end.atMs, language)}</td>
      <td className="clip" data-tip={end.project ?? ''} data-tip-clip>
        {end.project ?? say('rehearsal.unknown')}
      </td>
      <td>{say(`kind.${end.kind}`)}</td>
      <td>{say(`cleanup.cause.${end.cause}`)}</td>
      <td className="num">{formatBytes(end.memoryBytes, language)}</td>
    </tr>
  );
};

const HEADS = ['when', 'project', 'kind', 'cause', 'memory'] as const;

/** What the settings, with the one that is about to be changed, would have ended in the last seven days; the list behind a button. */
export const ConfigRehearsal = () => {
  const say = useWords();
  const language = useLanguage();
  const listId = useId();
  const [open, setOpen] = useState(false);
  const config = useShown((shown) => shown.app?.config);
  const { draft, result, failure, of } = useRehearsal();
  useEffect(() => {
    // Another configuration is another question.
    if (config === undefined) return;
    const timer = setTimeout(() => void readRehearsal(draft), REST_MS);
    return () => clearTimeout(timer);
  }, [draft, config]);
  useEffect(() => () => dropDraft(), []);
  if (failure !== null) return <p className="rehearsal">{sayFrom(say, 'error', failure)}</p>;
  if (result === null) return <p className="rehearsal">{say('rehearsal.reading')}</p>;
  const { sinceMs, fromMs, mode, count, freedBytes, ends, unjudged } = result;
  if (sinceMs === null) return <p className="rehearsal">{say('rehearsal.nothing')}</p>;
  const name = of?.at === 'global' ? say(`ui.config.set.${of.key}.name`) : null;
  return (
    <div className="rehearsal">
      <p role="status">
        <Icon name="clock" size="sm" />
        <span className="grow">
          {name !== null && <b>{say('rehearsal.changed', { name })} </b>}
          {say('rehearsal.since', { at: formatDateTime(fromMs, language) })}{' '}
          {say(`rehearsal.says.${mode}`, { count, size: formatBytes(freedBytes, language) })}
        </span>
        {ends.length > 0 && (
          <button type="button" className="btn sm" aria-expanded={open} aria-controls={listId} onClick={() => setOpen(!open)}>
            {say(open ? 'rehearsal.hide' : 'rehearsal.show')}
          </button>
        )}
      </p>
      {open && ends.length > 0 && (
        <section id={listId} className="scroll" tabIndex={0} aria-label={say('rehearsal.list')}>
          <table>
            <thead>
              <tr>
                {HEADS.map((head) => (
                  <th key={head} scope="col" className={head === 'memory' ? 'num' : undefined}>
                    {say(`rehearsal.head.${head}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ends.map((end) => (
                <End key={`${end.pid}:${end.atMs}`} end={end} />
              ))}
            </tbody>
          </table>
          {count > ends.length && <p>{say('rehearsal.more', { count: count - ends.length })}</p>}
          {unjudged.map((id) => (
            <p key={id}>{say(`rehearsal.unjudged.${id}`)}</p>
          ))}
        </section>
      )}
    </div>
  );
};
