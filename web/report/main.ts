import type { ReportData } from '../../lib/report/reportData.js';
import { follow } from './live.js';
import { Page } from './page.js';
import './style.css';

/** What the page runs: it reads what it is to show from its own document. */
function start(): void {
  const root = document.querySelector<HTMLElement>('#report');
  const data = document.querySelector('#report-data')?.textContent;
  if (root === null || data === null || data === undefined) return;
  const report = JSON.parse(data) as ReportData;
  const page = new Page(root, report);
  page.show();
  // A page that was saved is a file, and stays as it is.
  if (report.live?.isRunning && location.protocol.startsWith('http')) follow(page);
}

start();
