/**
 * Whether a bundle computes in the agent what the trainer computed, see scripts/training/golden.py:
 *
 *   node --import tsx scripts/golden/check-bundle.ts BUNDLE GOLDEN
 */
import { testAgreement } from '../../test/support/agreement.ts';

const [bundle, golden] = process.argv.slice(2);
if (bundle === undefined || golden === undefined)
  throw new Error('expected a bundle and what the trainer computed');
testAgreement(bundle, golden);
