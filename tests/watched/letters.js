// A character that comes in two pieces: lost with FLAW, kept without.
const { StringDecoder } = require('string_decoder');
const server = require('net').createServer((conn) => {
  const decoder = new StringDecoder('utf8');
  conn.on('data', (data) => conn.write((process.env.FLAW ? data.toString() : decoder.write(data)).toUpperCase()));
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
