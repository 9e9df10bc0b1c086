import type { Candidate } from '../shared/cleanup-selection.js';
import type { Translate } from './i18n.js';
import type { OwnerNotice } from './owner-notice.js';

/** Those whose processes a run is about to end, where that is not ourselves. */
export interface Owners {
  /** Tells each of them; answers with the candidates that remain: our own, and those whose owner was told. Never rejects. */
  readonly tell: (targets: readonly Candidate[], seconds: number) => Promise<readonly Candidate[]>;
  /** Tells those who were told last that nothing comes of it. */
  readonly callOff: () => void;
}

export interface OwnersParts {
  readonly selfUid: number;
  readonly notice: OwnerNotice;
  readonly t: () => Translate;
}

const NAMES = 5;

/** Announces to other users what is about to be ended of theirs. Who cannot be told loses nothing. */
export const createOwners = ({ selfUid, notice, t }: OwnersParts): Owners => {
  let told: readonly number[] = [];
  return {
    tell: async (targets, seconds) => {
      const uids = [...new Set(targets.flatMap(({ uid }) => (uid === null || uid === selfUid ? [] : [uid])))];
      const reached = await Promise.all(
        uids.map((uid) => {
          const names = targets.filter((one) => one.uid === uid).map(({ name, key }) => `${name} (${key.pid})`);
          const more = names.length > NAMES ? ` ${t()('cleanup.more', { count: names.length - NAMES })}` : '';
          const title = t()('cleanup.owner.countdown', { count: names.length, seconds });
          return notice.tell(uid, { title, body: `${names.slice(0, NAMES).join(', ')}${more}` });
        }),
      );
      told = uids.filter((_uid, at) => reached[at] === true);
      return targets.filter(({ uid }) => uid === selfUid || (uid !== null && told.includes(uid)));
    },
    callOff: () => {
      const message = { title: t()('cleanup.owner.calledOff'), body: t()('cleanup.owner.nothing') };
      for (const uid of told) void notice.tell(uid, message);
      told = [];
    },
  };
};
