import { z } from 'zod';

export const positive = z.number().positive();
export const count = z.number().int().nonnegative();
export const share = z.number().min(0).max(1);
/** A TCP port; 0 takes any free one. */
export const port = z.number().int().min(0).max(65535);
const wakePhraseText = z.string().min(1).max(100);
/** Of a microphone, or offered to clients. */
export const wakePhrases = z
  .array(z.union([wakePhraseText, z.strictObject({ text: wakePhraseText, threshold: share.optional() })]))
  .max(20);
