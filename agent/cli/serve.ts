import type { Command } from 'commander';
import { addConfigOptions, configFromOptions } from './config-options.ts';

/** `earshot serve`: the daemon. */
export function registerServe(program: Command): void {
  const command = program
    .command('serve')
    .description('run the daemon: page, WebSocket server and microphone')
    .action(async () => {
      process.on('SIGHUP', () => {}); // ends a process without a listener; nothing is missed, as the configuration is read only now
      const { config, file } = configFromOptions(command);
      const readConfig = () => configFromOptions(command, file).config;
      const { runDaemon } = await import('../daemon.ts');
      await runDaemon(config, readConfig);
    });
  addConfigOptions(command);
}
