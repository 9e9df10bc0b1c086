import { useEffect, useState } from 'react';
import type { Failure } from '../../shared/api.js';
import type { CleanupReview as Review } from '../../shared/care.js';
import { formatBytes } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import { ask } from '../ask.js';
import { type Say, sayFrom, useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';
import { KIND_ICONS } from './kind-icons.js';

/** What automatic cleanup would end right now; asked for again with every look. Null while the first answer is awaited. */
export const useReview = (wanted: boolean): Review | Failure | null => {
  const [review, setReview] = useState<Review | Failure | null>(null);
  /** Each look is a reason to ask again. */
  const reason = useShown((shown) => (wanted ? (shown.app?.snapshot?.sequence ?? 0) : null));
  useEffect(() => {
    if (reason === null) return;
    let open = true;
    void ask(window.claudeManager.reviewCleanup({})).then((result) => {
      if (open) setReview(result.ok ? result.value : result.failure);
    });
    return () => {
      open = false;
    };
  }, [reason]);
  return review;
};

export const isReview = (review: Review | Failure | null): review is Review => review !== null && 'rulesId' in review;

const rulesInWords = (say: Say, { rules }: Review): readonly string[] => [
  say(rules.orphans ? 'cleanup.rule.orphans' : 'cleanup.rule.noOrphans'),
  say(rules.old ? 'cleanup.rule.old' : 'cleanup.rule.noOld', { hours: rules.maxAgeHours, minutes: rules.minIdleMinutes }),
  say(rules.attached ? 'cleanup.rule.attached' : 'cleanup.rule.unattached'),
  say(rules.everybody ? 'cleanup.rule.everybody' : 'cleanup.rule.own'),
  say('cleanup.rule.batch', { count: rules.batch, seconds: rules.countdownSeconds }),
  ...(rules.enforced.length > 0 ? [say('cleanup.rule.enforced', { users: rules.enforced.map(({ user }) => user).join(', ') })] : []),
  ...(rules.protect.length > 0 ? [say('cleanup.rule.protect', { count: rules.protect.length })] : []),
];

/** In plain words: whom it would end right now, whom it would leave alone and why, and the rules that is by. */
export const CleanupReview = ({ review }: { readonly review: Review | Failure | null }) => {
  const say = useWords();
  const language = useLanguage();
  if (review === null) return <p className="t3 small">…</p>;
  if (!isReview(review)) return <p className="c-warn small">{sayFrom(say, 'error', review)}</p>;
  const { targets, skips } = review;
  return (
    <div className="cleanup-review">
      <h3>{targets.length === 0 ? say('cleanup.nowNothing') : say('cleanup.now', { count: targets.length })}</h3>
      {targets.length > 0 && (
        <ul className="ends">
          {targets.map(({ key, name, kind, user, memoryBytes, cause }) => (
            <li key={keyId(key)}>
              <Icon name={KIND_ICONS[kind]} tone="kind" />
              <span className="clip" data-tip={name} data-tip-clip>
                {name} <span className="t3">{[say(`kind.${kind}`), user, say(`cleanup.cause.${cause}`)].filter(Boolean).join(', ')}</span>
              </span>
              <span className="t2">{formatBytes(memoryBytes, language)}</span>
            </li>
          ))}
        </ul>
      )}
      {skips.length > 0 && (
        <details>
          <summary className="small t2">{say('cleanup.left', { count: skips.length })}</summary>
          <ul className="left small">
            {skips.map(({ key, name, refusal }) => (
              <li key={keyId(key)}>
                <span className="strong">{name}</span> <span className="t2">{sayFrom(say, 'refusal', refusal)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <h3>{say('cleanup.rules')}</h3>
      <ul className="rules small t2">
        {rulesInWords(say, review).map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
      <p className="small t3">{say('cleanup.changes')}</p>
    </div>
  );
};
