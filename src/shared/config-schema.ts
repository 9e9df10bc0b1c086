import { z } from 'zod';
import { LONGEST_USER, PROTECT_BY, SETTING_KEYS, USER_SETTING_KEYS } from './settings.js';

/** Main's own ranges say which values are possible. */
const anyValue = z.unknown().optional();
const unknownName = z.string().max(LONGEST_USER);

/** One change to the configuration as a command takes it. */
export const configEdit = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('global'), key: z.enum(SETTING_KEYS), value: anyValue }),
  z.strictObject({ at: z.literal('user'), user: z.string().max(256), key: z.enum(USER_SETTING_KEYS), value: anyValue }),
  z.strictObject({
    at: z.literal('rule'),
    rule: z.strictObject({ by: z.enum(PROTECT_BY), value: z.string().max(4096) }),
    on: z.boolean(),
    more: z.record(z.string().max(256), z.unknown()).optional(),
  }),
  z.strictObject({
    at: z.literal('unknown'),
    path: z.union([
      z.tuple([unknownName]).readonly(),
      z.tuple([z.literal('global_settings'), unknownName]).readonly(),
      z.tuple([z.literal('user_limits'), unknownName, unknownName]).readonly(),
    ]),
    value: anyValue,
  }),
]);
