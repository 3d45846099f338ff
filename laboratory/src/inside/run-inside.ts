import { READY_LINE, type InsideOptions, type Role } from './roles';

type Run<R extends Role> = (options: InsideOptions[R]) => Promise<void>;

/** Loads only what the role needs: the processes start quicker, and only the wire loads native code. */
const ROLES: { readonly [R in Role]: Run<R> } = {
  supervisor: async (options) => (await import('./supervisor')).runSupervisor(options),
  wire: async (options) => (await import('../wire/wire-process')).runWire(options),
  orders: async ({ seed }) => {
    await (await import('../services/orders-service')).startOrdersService(seed);
    process.stdout.write(READY_LINE + '\n');
  },
  cart: async (options) => {
    const { startCartClient } = await import('../services/cart-client');
    const { eachLine } = await import('../lines');
    const client = startCartClient(options);
    eachLine(process.stdin, (line) => (line === 'begin' ? client.begin() : client.pause()));
    process.stdout.write(READY_LINE + '\n');
  },
};

function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name);
}

function run<R extends Role>(role: R, options: unknown): Promise<void> {
  return ROLES[role](options as InsideOptions[R]);
}

/** Runs in the role that the supervisor or `startLaboratory` asked for; `roleArguments` wrote the options. */
export async function runInside([role = '', options = '{}']: readonly string[]): Promise<void> {
  if (!isRole(role)) {
    throw new Error(`unknown role "${role}"; only the laboratory itself starts this program`);
  }
  await run(role, JSON.parse(options));
}
