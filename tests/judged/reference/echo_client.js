// Lesson 1's client, in Node: says the same every second and prints each reply.
const net = require('net');
const MESSAGE = 'clent11';
const DUE = Buffer.byteLength(MESSAGE.toUpperCase());

let reply = Buffer.alloc(0);
let waiting = false;
const fail = (why) => { console.error(why); process.exit(1); };
const socket = net.connect(Number(process.argv[2]), '127.0.0.1');
const ask = () => { waiting = true; socket.write(MESSAGE); };
socket.on('connect', ask);
socket.on('error', (error) => fail(error.message));
socket.on('close', () => fail('the server closed'));
socket.on('data', (data) => {
  reply = Buffer.concat([reply, data]);
  if (!waiting || reply.length < DUE) return;
  console.log(reply.toString('utf8'));
  reply = Buffer.alloc(0);
  waiting = false;
  setTimeout(ask, 500);
});
