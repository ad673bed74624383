// A client in a process of its own: it asks small queries, reads and writes, and reports how long their answers took.
import { Agent, request } from 'node:http';

const [url, secret] = process.argv.slice(2) as [string, string];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const COUNT = JSON.stringify({ get: { ref: { collection: 'probes' }, id: '1' } });
const WRITE = JSON.stringify({
  update: { ref: { collection: 'probes' }, id: '1' },
  params: { object: { data: { object: { n: { time: 'now' } } } } },
});

/** @returns how long it took, in ms. */
function ask(body: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' };
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - began);
        else reject(new Error(`A probe was answered ${response.statusCode}.`));
      });
    })
      .on('error', reject)
      .end(body);
  });
}

let latencies: number[] = [];
process.on('message', (message) => {
  if (message === 'report') process.send!(latencies);
  latencies = [];
});
process.on('disconnect', () => process.exit());
await ask(COUNT);
process.send!([]);
for (let n = 0; ; n++) {
  latencies.push(await ask(n % 2 === 0 ? COUNT : WRITE));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
