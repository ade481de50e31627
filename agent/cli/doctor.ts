import { type Command, Option } from 'commander';
import type { Config } from '../config.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import type { Check } from './doctor-check.ts';
import { printLine } from './terminal.ts';

type Provider = Config['model']['providers'][number];

const HELP = `
Looks at what the configured daemon needs: recorder, microphones, permissions, ffmpeg, model, execution
providers (each is really loaded, in a process of its own), port, tokens, certificate, CPU, and the file, device,
grammars and wake phrases that are configured for the microphone, and hotwords. Each fault comes with what mends it.
Exit code 1 when something that is needed does not work.

Examples:
  earshot doctor
  earshot doctor --no-microphone --provider cuda,cpu
  earshot doctor --json`;

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: 'ok',
  unused: '–',
  warning: 'warn',
  failed: 'FAIL',
};

/** `earshot doctor`: what works on this machine and what does not, with the command that mends it. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('check what works on this machine, and say what mends the rest')
    .option('--json', 'print JSON')
    .addOption(
      new Option('--probe <provider>', 'load the model with this provider and say how it went')
        .choices(['cuda', 'dml', 'cpu'])
        .hideHelp(),
    )
    .addHelpText('after', HELP)
    .action(async (options: { json?: true; probe?: Provider }) => {
      const { config } = configFromOptions(command);
      if (options.probe !== undefined) {
        const { probeProvider } = await import('./model-checks.ts');
        printLine(JSON.stringify(await probeProvider(options.probe, config)));
        return;
      }
      const checks = await runChecks(config);
      printLine(options.json ? JSON.stringify(checks, null, 2) : checks.map(checkText).join('\n'));
      if (checks.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });
  addConfigOptions(command, [
    'model.path',
    'model.providers',
    'server.host',
    'server.port',
    'microphone.device',
    'microphone.source',
    'microphone.enabled',
  ]);
}

async function runChecks(config: Config): Promise<Check[]> {
  const system = await import('./system-checks.ts');
  const audio = await import('./audio-checks.ts');
  const { checkModel, checkProviders } = await import('./model-checks.ts');
  const { checkSound } = await import('./sound-checks.ts');
  const { checkListening } = await import('./listening-check.ts');
  const { checkAccess, checkCertificate } = await import('./server-checks.ts');
  const { checkPort } = await import('./port-check.ts');
  const checks = await Promise.all([
    system.checkNode(),
    system.checkCpu(),
    checkModel(config),
    audio.checkRecorder(config),
    audio.checkDevices(config),
    audio.checkAudioPermission(config),
    audio.checkFfmpeg(),
    checkPort(config),
    checkAccess(config),
  ]);
  const modelWorks = checks.every(({ name, status }) => name !== 'model' || status === 'ok');
  return [
    ...checks,
    ...checkCertificate(config),
    ...(await checkSound(config)),
    ...(await checkListening(config, modelWorks)),
    ...(modelWorks ? await checkProviders(config) : []),
  ];
}

function checkText({ name, status, detail, mend }: Check): string {
  const line = `${MARKS[status].padEnd(5)} ${name.padEnd(17)} ${detail}`;
  return mend === undefined ? line : `${line}\n${' '.repeat(24)}→ ${mend}`;
}
