import { createHash } from 'node:crypto';
import type { ReportData } from '../reportData.js';
import type { PageFiles } from './pageFiles.js';

/** A page that has all it needs within itself. */

/** What a page may do beside showing itself. */
export interface PageRights {
  /** Whether it may speak to the server that it comes from. */
  readonly connects: boolean;
}

/**
 * The page as HTML. What it shows comes from files of anybody, and is data for the script, which makes nothing but text of
 * it. No other script runs, wherever it might come from: the policy names this one by its hash.
 */
export function pageOf(report: ReportData, { script, style }: PageFiles): string {
  const data = dataText(report);
  const policy = policyOf({ script, style }, { connects: report.live !== null });
  const { language, title } = report;
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main id="report"><noscript>The charts are drawn by a script, which this browser does not run.</noscript></main>',
    `<script type="application/json" id="report-data">${data}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What the page is allowed, as the header Content-Security-Policy has it. */
export function policyOf({ script, style }: PageFiles, { connects }: PageRights): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

/** JSON without a character that HTML reads: no text in it can end the element. */
function dataText(report: ReportData): string {
  return JSON.stringify(report).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
