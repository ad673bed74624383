import { connect } from 'node:net';
import { type Crowd, REQUESTS } from './crowds.js';

// Runs in its own process: many clients, each with a request outstanding at all times, whatever the answers.
const { server, url, clients, reconnects } = JSON.parse(process.argv[2] as string) as Crowd;
const { hostname, port } = new URL(url);
const request = REQUESTS[server];
const counts = { answered: 0, refused: 0, failed: 0 };

for (let n = 0; n < clients; n++) join(n);
process.on('message', () => process.send?.(counts, () => process.exit()));

function join(n: number): void {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let text = '';
  const ask = () => socket.write(request(n));
  socket.on('connect', ask);
  socket.on('error', () => counts.failed++);
  socket.on('close', () => setTimeout(join, 100, n));
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    const answer = /^HTTP\/1\.1 (\d+)[\s\S]*?\r\ncontent-length: (\d+)\r\n[\s\S]*?\r\n\r\n/i.exec(text);
    if (!answer || text.length < answer[0].length + Number(answer[2])) return;
    text = text.slice(answer[0].length + Number(answer[2]));
    if (answer[1] === '503' || answer[1] === '429') counts.refused++;
    else counts.answered++;
    if (reconnects) socket.destroy();
    else ask();
  });
}
