import { chooseModel } from './model.ts';
import { createApp } from './server.ts';
import { standIn } from './stand-in.ts';

const port = Number(process.env['PORT'] || 3000);
const app = createApp(chooseModel(standIn));
app.on('error', ({ message }) => {
  console.error(`${message}\nAnother port: PORT=3001 npm start`);
  process.exitCode = 1;
});
app.listen(port, '127.0.0.1', () => {
  const address = app.address();
  if (address !== null && typeof address === 'object') console.log(`Open http://127.0.0.1:${address.port}`);
});
