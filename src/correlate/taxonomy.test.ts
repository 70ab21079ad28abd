import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSES } from '../types.ts';
import { filings } from './taxonomy.ts';

test('names come once, techniques first', () => {
  assert.deepEqual(filings(['flood', 'injection', 'exploit', 'flood']), [
    'ATT&CK T1498.001',
    'ATT&CK T1499.002',
    'ATT&CK T1190',
    'VOIPSA Intentional interruption: request flooding',
    'VOIPSA Intentional interruption: malformed requests and messages',
  ]);
  assert.deepEqual(filings(['policy']), []);
});

test('ids have the form that ATT&CK gives them', () => {
  for (const name of filings(CLASSES)) assert.match(name, /^(ATT&CK T\d{4}(\.\d{3})?|VOIPSA [A-Z][a-z]+ ?[a-z ]*: [a-z ]+)$/);
});
