/** Holds a laboratory, with a command in one of its namespaces, until it is killed; says the process ids on one line. */
import { startLaboratory } from '../src/index';

async function main(): Promise<void> {
  const laboratory = await startLaboratory({ runDir: process.argv[2] });
  const command = laboratory.exec({ host: 'node-a' }, ['sleep', '1000'], { stdio: 'ignore' });
  const holders = laboratory.hosts.flatMap((host) => [host.netnsPid, ...host.pods.map((pod) => pod.netnsPid)]);
  console.log(JSON.stringify({ holders, command: command.pid }));
}

void main();
