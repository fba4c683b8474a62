// A server that lets clients prove themselves, in Node.
const net = require('net');
const crypto = require('crypto');
const [port, secret] = process.argv.slice(2);

net.createServer((socket) => {
  const challenge = crypto.randomBytes(32);
  let message = Buffer.alloc(0);
  socket.setTimeout(0);
  const deadline = setTimeout(() => socket.destroy(), 5000);
  socket.on('close', () => clearTimeout(deadline));
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    message = Buffer.concat([message, data]);
    if (message.length >= 4 && message.readInt32LE(0) !== 32) return socket.destroy();
    if (message.length < 36) return;
    const digest = crypto.createHash('md5').update(secret).update(challenge).digest('hex');
    if (crypto.timingSafeEqual(Buffer.from(digest), message.subarray(4, 36))) console.log('ok');
    socket.removeAllListeners('data');
    socket.end();
    socket.resume();
  });
  socket.write(challenge);
}).listen(Number(port), '127.0.0.1');
