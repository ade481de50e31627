import { describe } from 'node:test';
import { testAgreement } from '../support/agreement.ts';

describe('the agent and the trainer agree', () =>
  testAgreement('models/en-base', 'test/golden/en-base.json'));
