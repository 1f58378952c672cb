// How a client in Node speaks with the test that started it: what it is told comes as JSON in the command line, then a
// line of JSON a turn. An address for a person to visit goes out, the one where the person landed comes in.

import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node 18 has it in the module alone

export const told = JSON.parse(process.argv[2]);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const say = (turn) => console.log(JSON.stringify(turn));

export async function visit(address) {
  say({ visit: String(address) });
  return new URL((await lines.next()).value);
}

export function tell(seen) {
  say({ seen });
  process.stdin.destroy();
}

// the OAuth error code of what must be refused
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? String(error);
  }
  return null;
}
