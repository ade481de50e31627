/**
 * Switches lamps by voice: hears the commands that Earshot understood and says to the lamp what it is to do, in the
 * topics and words of MQTT lights in Home Assistant (`command_topic`, ON, OFF).
 *
 *   node scripts/examples/lamp.mjs [mqtt://127.0.0.1:1883]
 */
import { connectAsync } from 'mqtt';

/** Intents of Home Assistant and the state that they mean. */
const STATES = new Map([
  ['HassTurnOn', 'ON'],
  ['HassTurnOff', 'OFF'],
]);

const url = process.argv[2] ?? 'mqtt://127.0.0.1:1883';
const broker = await connectAsync(url).catch((error) => {
  const how = 'To install one on this machine: sudo apt install mosquitto (macOS: brew install mosquitto).';
  process.stderr.write(`lamp: There is no broker at ${url} (${error.code ?? error.message}). ${how}\n`);
  process.exit(1);
});
broker.on('message', (_topic, payload) => {
  const { intent, slots } = JSON.parse(payload.toString());
  const area = slots.find(({ name }) => name === 'area')?.value;
  const state = STATES.get(intent);
  if (area === undefined || state === undefined) return;
  const topic = `home/${String(area).replaceAll(' ', '_')}/light/set`;
  broker.publish(topic, state, { qos: 1 });
  process.stdout.write(`${topic} ${state}\n`);
});
await broker.subscribeAsync('earshot/intent/+', { qos: 1 });
process.stdout.write('waiting for commands\n');
