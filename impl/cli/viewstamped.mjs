#!/usr/bin/env node
// Node 20 does not read TypeScript by itself.
import 'tsx';

await import('./main.ts');
