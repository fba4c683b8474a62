// Lesson 3, in Node.
const [key, message] = process.argv.slice(2);
console.log(require('crypto').createHmac('md5', key).update(message).digest('hex'));
