/**
 * Whether a bundle computes in the agent what the trainer computed, see scripts/training/golden.py:
 *
 *   node --import tsx scripts/golden/check-bundle.ts BUNDLE GOLDEN
 */
import { testAgreement } from '../../test/support/agreement.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';

const {
  positionals: [bundle, golden],
} = scriptArguments(import.meta.filename, { allowPositionals: true });
if (bundle === undefined || golden === undefined)
  refuseArguments('expected a bundle and what the trainer computed');
testAgreement(bundle, golden);
