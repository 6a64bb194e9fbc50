#!/usr/bin/env node
// A checkout runs from its sources, which Node 20 does not read by itself; an installed package holds the built program.
import { existsSync } from 'node:fs';

if (existsSync(new URL('./main.ts', import.meta.url))) {
  await import('tsx');
  await import('./main.ts');
} else await import('../../dist/impl/cli/main.js');
