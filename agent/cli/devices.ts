import type { Command } from 'commander';
import { plainTable } from '../evaluation/table.ts';
import { printLine } from './terminal.ts';

const HELP = `
The names are those that --device and microphone.device take.

Examples:
  earshot devices
  earshot listen --device plughw:1,0`;

/** `earshot devices`: the microphones of this machine. */
export function registerDevices(program: Command): void {
  program
    .command('devices')
    .description('list the microphones of this machine')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const { chooseRecorder } = await import('../capture/recorder-choice.ts');
      await chooseRecorder({ recorder: 'auto', platform: process.platform }); // says what to install
      const { listInputDevices } = await import('../capture/devices.ts');
      const devices = await listInputDevices();
      if (json) {
        printLine(JSON.stringify(devices, null, 2));
        return;
      }
      const columns = ['', 'name', 'description', 'through'].map((title) => ({ title }));
      const rows = devices.map(({ name, description, isDefault, recorder }) => [
        ...[isDefault ? '*' : '', name, description, recorder],
      ]);
      printLine(plainTable(columns, rows));
    });
}
