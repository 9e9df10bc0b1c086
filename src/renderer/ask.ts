import type { Result } from '../shared/api.js';

/** An answer of main's as data, even where the call itself broke: nobody waits for ever for what will not come. */
export const ask = async <T>(answer: Promise<Result<T>>): Promise<Result<T>> => {
  try {
    return await answer;
  } catch (error) {
    return {
      ok: false,
      failure: { reason: 'invalid', id: 'noAnswer', values: { message: error instanceof Error ? error.message : String(error) } },
    };
  }
};
