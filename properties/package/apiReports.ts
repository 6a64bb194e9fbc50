import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
} from '@microsoft/api-extractor';
import { root } from '../root.ts';
import type { EntryPoint } from './built.ts';

/** Where the reports are kept, from the top folder. */
export const reportFolder = 'docs/api';

/** The name of an entry point's report. */
export function reportOf({ name }: EntryPoint): string {
  return `${name}.api.md`;
}

/**
 * Writes a report of each entry point's declarations: every export with its types. `built` is the folder of the built files,
 * `folder` that of the reports. Throws an Error if the declarations do not compile.
 */
export function writeReports(entryPoints: readonly EntryPoint[], built: string, folder: string): void {
  const configs = entryPoints.map((entryPoint) => configOf(entryPoint, built, folder));
  const [first] = configs;
  if (first === undefined) return;
  mkdirSync(folder, { recursive: true });
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  });
  const problems: string[] = [];
  for (const config of configs)
    Extractor.invoke(config, {
      localBuild: true,
      compilerState,
      messageCallback: (message) => {
        message.handled = true;
        const { category, logLevel, text, sourceFilePath = '' } = message;
        if (category !== ExtractorMessageCategory.Console && logLevel === ExtractorLogLevel.Error)
          problems.push(`${sourceFilePath}: ${text}`);
      },
    });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function configOf(entryPoint: EntryPoint, built: string, folder: string): ExtractorConfig {
  const mainEntryPointFilePath = join(built, `${entryPoint.file}.d.ts`);
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: {
        // API Extractor has a compiler of its own, which need not know what ours knows.
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2023'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: reportOf(entryPoint),
        reportFolder: folder,
        reportTempFolder: join(built, 'reports'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // All exports are public, and a type of the core is exported by the core alone.
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        // The doc comments are prose, not TSDoc.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
}
