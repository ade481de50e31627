import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Random bytes of a secret: nobody guesses 256 bits. */
const SECRET_BYTES = 32;

/**
 * What a client shows to get its session back: `NODE.SESSION.SECRET`, safe in a URL as it is. It begins with the name of the node, so that a load balancer can send its client back to
 * where the session is.
 */
export function createResumeToken(node: string, session: string): string {
  return `${node}.${session}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** The session that a token is for, whether or not it is a right one; empty when it has none. */
export function sessionOfToken(text: string): string {
  return text.split('.')[1] ?? '';
}

/** Whether two secrets are the same, in a time that tells nothing about where they differ. */
export function isSameSecret(got: string, expected: string): boolean {
  return timingSafeEqual(digest(got), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
