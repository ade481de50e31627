import { once } from 'node:events';
import type { Server } from 'node:net';
import { AgentError } from '../errors.ts';
import { hostPort } from './host-port.ts';

/** Where to listen, and the section of the configuration that says so. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly section: 'server' | 'wyoming';
}

/**
 * Opens the port of a server.
 * @throws {AgentError} `PORT_IN_USE`, or `CONFIG_INVALID` for an address that this machine does not have
 */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  const { host, port } = address;
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, address);
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port, section }: ListenAddress): AgentError {
  const address = hostPort(host, port);
  if (error.code === 'EADDRINUSE') {
    const flag = section === 'server' ? '--port' : `--set ${section}.port=PORT`;
    const what = `Stop the program that uses it, or choose another port with ${flag} (0 takes any free one).`;
    return new AgentError('PORT_IN_USE', `${address} is already in use. ${what}`, { cause: error });
  }
  const expected = `expected an address of this machine that Earshot may listen on; got ${address}`;
  const message = `${section}.host, ${section}.port: ${expected} (${error.code}).`;
  return new AgentError('CONFIG_INVALID', message, { cause: error });
}
