// #region inspect
import { inspect } from '@mortise/inspector';

const inspector = await inspect({ content: true });
console.log(inspector.url); // http://127.0.0.1:40213/#Zk3V…
// #endregion
await inspector.stop();
