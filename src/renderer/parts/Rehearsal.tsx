import { useEffect, useId, useState } from 'react';
import type { Edit } from '../../shared/config-edit.js';
import { formatBytes, formatDateTime } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import type { RehearsedEnd } from '../../shared/rehearsal.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { dropDraft, REHEARSED_DAYS, useDraft, useRehearsal } from '../rehearsal-view.js';
import { Icon } from './Icon.js';
import { useEditName } from './use-edit-name.js';

const End = ({ end }: { readonly end: RehearsedEnd }) => {
  const say = useWords();
  const language = useLanguage();
  const project = end.project === null ? say('rehearsal.unknown') : cleanText(end.project, 300);
  return (
    <tr>
      <td>{formatDateTime(end.atMs, language)}</td>
      <td className="clip" data-tip={project} data-tip-clip>
        {project}
      </td>
      <td>{say(`kind.${end.kind}`)}</td>
      <td>{say(`cleanup.cause.${end.cause}`)}</td>
      <td className="num">{formatBytes(end.memoryBytes, language)}</td>
    </tr>
  );
};

const HEADS = ['when', 'project', 'kind', 'cause', 'memory'] as const;

/** What the settings in force, with some changes, would have ended in the last seven days; the list behind a button. */
export const Rehearsal = ({ edits }: { readonly edits: readonly Edit[] }) => {
  const say = useWords();
  const language = useLanguage();
  const nameOf = useEditName();
  const listId = useId();
  const [open, setOpen] = useState(false);
  const answered = useRehearsal(edits, REHEARSED_DAYS);
  if (answered === null) return <p className="rehearsal">{say('rehearsal.reading')}</p>;
  const { of, result, failure } = answered;
  if (result === null) return <p className="rehearsal">{failure === null ? '' : sayFrom(say, 'error', failure)}</p>;
  const { sinceMs, fromMs, mode, count, freedBytes, ends, unjudged } = result;
  if (sinceMs === null) return <p className="rehearsal">{say('rehearsal.nothing')}</p>;
  const [first] = of;
  const changed =
    first === undefined
      ? null
      : of.length === 1
        ? say('rehearsal.changed', { name: nameOf(first) })
        : say('rehearsal.allChanged', { count: of.length });
  return (
    <div className="rehearsal">
      <p role="status">
        <Icon name="clock" size="sm" />
        <span className="grow">
          {changed !== null && <b>{changed} </b>}
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

/** The same for what is about to be changed on the page: it stays in sight at the lower edge while the group that it belongs to is. */
export const DraftRehearsal = () => {
  const edits = useDraft((draft) => draft.edits);
  useEffect(() => dropDraft, []);
  return (
    <div className="rehearsal-at">
      <Rehearsal edits={edits} />
    </div>
  );
};
