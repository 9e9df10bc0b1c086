import type { StoppedSession } from '../../shared/api.js';
import { formatAge, formatBytes, formatDateTime } from '../../shared/format.js';
import { useNow } from '../clock.js';
import { copyText } from '../commands.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { shortPath } from './cells.js';
import { Icon } from './Icon.js';

const NOTHING: readonly StoppedSession[] = [];
/** Words of the log for how a session came to be ended; any other is shown as it is. */
const REASONS: ReadonlySet<string> = new Set([
  'KILL_PROCESS',
  'KILL_USER_PROCESSES',
  'KILL_ALL_PROCESSES',
  'CLEAN_OLD',
  'CLEAN_ORPHANS',
  'STOP_BACKGROUND',
  'AUTO_CLEANUP',
]);

const Line = ({ session, now }: { readonly session: StoppedSession; readonly now: number }) => {
  const say = useWords();
  const language = useLanguage();
  const { name, projectDir, user, endedAtMs, action, freedBytes, resume } = session;
  const what = [projectDir === null ? null : shortPath(projectDir), user].filter((part) => part !== null).join(', ');
  const why = REASONS.has(action) ? say(`ui.stopped.why.${action}`) : action;
  const freed = freedBytes === null ? null : say('ui.stopped.freed', { amount: formatBytes(freedBytes, language) });
  return (
    <li>
      <div className="clip-box">
        <p className="clip" data-tip={[name, what].filter(Boolean).join('\n')} data-tip-clip>
          <span className="name">{name}</span> <span className="t3 small">{what}</span>
        </p>
        <p className="why">
          <span data-tip={formatDateTime(endedAtMs, language)}>
            {say('ui.stopped.ago', { age: formatAge(Math.max(0, now - endedAtMs)) })}
          </span>
          {[why, freed].filter((part) => part !== null).map((part) => ` · ${part}`)}
        </p>
      </div>
      {resume ? (
        <button
          type="button"
          className="btn sm"
          aria-label={`${say('ui.action.copyResume')}: ${name}`}
          onClick={() => void copyText(resume.command, say('ui.copied.resume'))}
        >
          <Icon name="copy" size="sm" />
          {say('ui.action.copyResume')}
        </button>
      ) : (
        <span className="t3 small">{say('ui.stopped.noResume')}</span>
      )}
      {resume && <code className="cmd">{resume.command}</code>}
    </li>
  );
};

/** The sessions that were ended here, newest first, each with the command that picks it up again. */
export const Stopped = () => {
  const say = useWords();
  const now = useNow();
  const stopped = useShown((shown) => shown.app?.stopped ?? NOTHING);
  if (stopped.length === 0)
    return (
      <div className="none">
        <Icon name="undo" tone="t3" />
        <p>{say('ui.stopped.none')}</p>
        <p className="t3 small">{say('ui.stopped.noneText')}</p>
      </div>
    );
  return (
    <ul className="stopped">
      {stopped.map((session) => (
        <Line key={`${session.sessionId} ${session.endedAtMs} ${session.pid}`} session={session} now={now} />
      ))}
    </ul>
  );
};
