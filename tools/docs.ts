/** `npm run docs`: writes docs/reference/ and ringfence.example.yaml from the source and the sample run into README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleConfig } from '../src/config.ts';
import { ROOT } from '../test/peers.ts';
import { readmeWithSample } from './readme.ts';
import { pages } from './reference.ts';

const folder = join(ROOT, 'docs', 'reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages()) writeFileSync(join(folder, name), text);
writeFileSync(join(ROOT, 'README.md'), readmeWithSample());
writeFileSync(join(ROOT, 'ringfence.example.yaml'), exampleConfig());
