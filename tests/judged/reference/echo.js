// An echo server in Node.
const net = require('net');

net.createServer({ allowHalfOpen: true }, (socket) => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  socket.on('data', (data) => {
    // What does not fit is kept by Node; until it is gone, nothing more is read.
    if (!socket.write(decoder.decode(data, { stream: true }).toUpperCase())) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
}).listen(Number(process.argv[2]), '127.0.0.1');
