// Starts a server, says where it is, and ends with its stdin without stopping the server.
import { start } from 'mediusflow-mock';

const { url, pid } = await start();
console.log(JSON.stringify({ url, pid }));
process.stdin.resume();
