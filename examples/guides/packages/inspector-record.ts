// #region record
import { recordRuns } from '@mortise/inspector';

const recorder = recordRuns(); // into .mortise/runs
// #endregion
await recorder.stop();
console.log('recorded');
