// A client that proves itself, in Node.
const net = require('net');
const crypto = require('crypto');
const [port, secret] = process.argv.slice(2);

let challenge = Buffer.alloc(0);
let answered = false;
const fail = (why) => { console.error(why); process.exit(1); };
const socket = net.connect(Number(port), '127.0.0.1');
setTimeout(() => fail('no whole challenge within 5 s'), 5000).unref();
socket.on('error', (error) => (answered ? process.exit(0) : fail(error.message)));
socket.on('close', () => process.exit(answered ? 0 : 1));
socket.on('data', (data) => {
  if (answered) return;
  challenge = Buffer.concat([challenge, data]);
  if (challenge.length < 32) return;
  answered = true;
  const digest = crypto.createHash('md5').update(secret).update(challenge.subarray(0, 32)).digest('hex');
  const length = Buffer.alloc(4);
  length.writeInt32LE(digest.length);
  socket.write(Buffer.concat([length, Buffer.from(digest)]));
});
